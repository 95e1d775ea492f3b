"""What Landlock will be told: which rights a call's domain handles, and what it grants.

Numbers and meanings are those of landlock(7) and `linux/landlock.h`; a kernel knows the rights
of its Landlock version and of all before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from handrail.plan.access import Access

LEAST_VERSION = 3
"""With less, a command could cut off any file that its user may write (truncate(2))."""

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_BLOCK = 1 << 6, 1 << 11
_REFER, _TRUNCATE, _IOCTL_DEVICE = 1 << 13, 1 << 14, 1 << 15
_RIGHTS_OF_VERSION = {3: (1 << 15) - 1, 5: (1 << 16) - 1}

READ = _READ_FILE | _READ_DIR
EXECUTE = READ | _EXECUTE
# All that changes something, save making devices.
WRITE = ((1 << 15) - 1) & ~(READ | _EXECUTE | _MAKE_CHAR | _MAKE_BLOCK)

_VERSION_WITH_PORTS = 4
_BIND_AND_CONNECT_TCP = 1 | 2
_VERSION_WITH_SCOPES = 6
_ABSTRACT_SOCKETS_AND_SIGNALS = 1 | 2

_DEVICES = tuple(Path("/dev", name) for name in ("null", "zero", "full", "random", "urandom"))
_PROCESSES = Path("/proc")


@dataclass(frozen=True, slots=True)
class Grant:
    """Rights at `path` and below, but for what lies in `besides`."""

    path: Path
    rights: int
    besides: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """One call's Landlock domain. `temporary` are the rights over its private folders."""

    files: int
    ports: int
    scopes: int
    grants: tuple[Grant, ...]
    temporary: int = READ | WRITE

    def __hash__(self) -> int:
        # Rules are looked up for each call: a hash of every grant would cost more than it finds.
        return hash((self.files, self.ports, self.scopes, len(self.grants)))


def scopes(version: int) -> Rules | None:
    """The rules that only keep a command from signalling what is not its own."""
    if version < _VERSION_WITH_SCOPES:
        return None
    return Rules(files=0, ports=0, scopes=_ABSTRACT_SOCKETS_AND_SIGNALS, grants=(), temporary=0)


@lru_cache(maxsize=256)
def rules(access: Access, version: int, *, network: bool, masked: bool) -> Rules:
    """The rules that let a command use `access`, and nothing else.

    `masked`: the exceptions are covered by mounts, so that whole trees can be granted.
    """
    handled = max(known for known in _RIGHTS_OF_VERSION if known <= max(version, LEAST_VERSION))
    hidden = () if masked else (*access.hidden_folders, *access.hidden_files)
    kept = () if masked else (*access.kept, *hidden)
    grants = (
        *(Grant(device, READ | WRITE) for device in _DEVICES),
        Grant(_PROCESSES, READ),
        *(Grant(path, READ, _below(path, hidden)) for path in access.readable),
        *(Grant(path, EXECUTE, _below(path, hidden)) for path in access.executable),
        *(Grant(path, WRITE, _below(path, kept)) for path in access.writable),
    )
    return Rules(
        files=_RIGHTS_OF_VERSION[handled],
        ports=0 if network or version < _VERSION_WITH_PORTS else _BIND_AND_CONNECT_TCP,
        scopes=0 if version < _VERSION_WITH_SCOPES else _ABSTRACT_SOCKETS_AND_SIGNALS,
        grants=grants,
    )


def _below(path: Path, exceptions: tuple[Path, ...]) -> tuple[Path, ...]:
    return tuple(other for other in exceptions if other.is_relative_to(path))
