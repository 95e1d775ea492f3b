"""What is known of each attempt, from known.toml, and where a run of attempts differs from it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from handrail.spec.server import Tier

_TABLES = tomllib.loads(Path(__file__).with_name("known.toml").read_text())
SCRIPTS = tuple(_TABLES)
"""The scripts of attempts, by the names of their files."""


@dataclass(frozen=True)
class Result:
    """What came of one attempt: `succeeded` or `denied`, and what it went by."""

    got: str
    evidence: str


@dataclass(frozen=True)
class Group:
    """Attempts of which the same is known. `why` is there when a confining tier lets them pass.

    `root`: only root could do it, even unconfined. `optional`: not every machine has what it
    takes. `server`: the group is about servers that are root, or that are the commands' user.
    """

    attempts: tuple[str, ...]
    denied: frozenset[Tier]
    why: str
    root: bool
    optional: bool
    server: str | None

    @property
    def applies(self) -> bool:
        """Whether it is about a server like this one."""
        return self.server in (None, "root" if os.geteuid() == 0 else "same user")


def groups(script: str) -> Iterator[Group]:
    """What is known of a script."""
    for table in _TABLES[script]:
        assert table.keys() <= {"attempts", "denied", "why", "needs", "optional", "server"}, table
        yield Group(
            attempts=tuple(table["attempts"]),
            denied=frozenset(map(Tier, table["denied"])),
            why=table.get("why", ""),
            root=table.get("needs") == "root",
            optional=table.get("optional", False),
            server=table.get("server"),
        )


def known(script: str) -> dict[str, Group]:
    """What is known of each attempt, with a server like this one."""
    return {name: group for group in groups(script) if group.applies for name in group.attempts}


def surprises(script: str, results: Mapping[str, Result], tier: Tier) -> list[str]:
    """Where these results are not what is known of the tier, either way."""
    expected = known(script)
    needed = {name for name, group in expected.items() if not group.optional}
    return [
        *(f"{name}: not tried" for name in sorted(needed - results.keys())),
        *(f"{name}: not known" for name in sorted(results.keys() - expected.keys())),
        *(
            f"{name}: {result.got} ({result.evidence})"
            for name, result in results.items()
            if name in expected and not _as_known(result, tier in expected[name].denied)
        ),
    ]


def never_done(script: str, results: Mapping[str, Result], uid: int) -> list[str]:
    """What this user could not do though nothing held it: to deny it would prove nothing."""
    return [
        f"{name}: {result.evidence}"
        for name, result in results.items()
        if result.got != "succeeded"
        and known(script)[name].root == (uid == 0)
        and not result.evidence.startswith("ENOSYS")
    ]


def _as_known(result: Result, denied: bool) -> bool:
    if result.got == "denied" and not denied:
        # Whoever runs the tests may be held too: then more is denied than we deny.
        return _held()
    return (result.got == "denied") == denied


def _held() -> bool:
    """Whether a filter of system calls holds this very process, as in a container."""
    return "Seccomp:\t0\n" not in Path("/proc/self/status").read_text()
