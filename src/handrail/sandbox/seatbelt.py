"""What sandbox-exec(1) would be told on macOS: a profile in its own Lisp.

Written from its documentation and from what other projects use; no Mac has run it here, so no
tier rests on it until a probe there has shown what it denies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from handrail.plan.access import Access

_HEAD = (
    "(version 1)",
    "(deny default)",
    # What every dynamically linked program needs: the loader, its caches, the mach bootstrap.
    '(import "system.sb")',
    "(allow process-fork)",
    "(allow signal (target same-sandbox))",
    "(allow sysctl-read)",
    '(allow file-read* file-write-data (literal "/dev/null") (literal "/dev/zero"))',
    '(allow file-read* (literal "/dev/random") (literal "/dev/urandom"))',
    # Every path lookup needs the attributes of the folders on its way.
    "(allow file-read-metadata)",
)


_SANDBOX_EXEC = "/usr/bin/sandbox-exec"


def command(profile: str) -> tuple[str, ...]:
    """What to put before a zygote's own command line, so that it runs under `profile`."""
    return (_SANDBOX_EXEC, "-p", profile, "--")


def profile(access: Access, *, temporary: Path, network: bool) -> str:
    """The profile of a zygote whose commands may use `access`; what is said last decides.

    macOS knows paths by their real names only (`/private/tmp`, not `/tmp`): links must be
    resolved before.
    """
    return "\n".join(
        [
            *_HEAD,
            *_allow("file-read*", [*access.readable, temporary]),
            *_allow("process-exec* file-read* file-map-executable", access.executable),
            *_allow("file-write*", [*access.writable, temporary]),
            *_deny("file-write*", access.kept),
            *_deny("file-read* file-write*", access.hidden),
            *(("(allow network*)", "(allow system-socket)") if network else ()),
            "",
        ]
    )


def _allow(operations: str, paths: Iterable[Path]) -> Iterator[str]:
    yield from (f"(allow {operations} {_tree(path)})" for path in paths)


def _deny(operations: str, paths: Iterable[Path]) -> Iterator[str]:
    yield from (f"(deny {operations} {_tree(path)})" for path in paths)


def _tree(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'(subpath "{escaped}")'
