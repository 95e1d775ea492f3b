"""What the filter refused, in words for people: only what may be why a command failed."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Iterator

from handrail.sandbox.confine import ConfinedPlan
from handrail.sandbox.filter import name_of
from handrail.spec.server import Tier

_NETWORK = "network = true"
_UNIX, _INTERNET, _NETLINK = 1, (2, 10), 16
_SOCK_TYPE_MASK, _SOCK_RAW = 0xF, 3
_WORDS = {
    **dict.fromkeys(("clone", "unshare", "setns"), "making a namespace"),
    **dict.fromkeys(
        (
            *("mount", "umount2", "pivot_root", "chroot", "fsopen", "fsconfig", "fsmount"),
            *("fspick", "open_tree", "open_tree_attr", "move_mount", "mount_setattr"),
        ),
        "changing what is mounted",
    ),
    **dict.fromkeys(
        ("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp"),
        "looking into another process",
    ),
    **dict.fromkeys(("mknod", "mknodat"), "making a device"),
    **dict.fromkeys(("keyctl", "add_key", "request_key"), "using the kernel's keyrings"),
    "ioctl": "putting input into a terminal",
}
# Programs try these first wherever they run, and have a way round that serves as well.
_TRIED = ("io_uring_setup", "io_uring_enter", "io_uring_register", "name_to_handle_at")
# libc asks nscd, syslog(3) /dev/log, getaddrinfo(3) netlink: without a word of the command's
# own, such a refusal is no reason for anything.
_OF_SOCKETS = re.compile(r"socket|\.sock\b|\bbus\b|daemon|connect|interface", re.IGNORECASE)
_OF_REFUSAL = re.compile(
    r"not permitted|denied|not implemented|\bE(?:PERM|ACCES|NOSYS)\b", re.IGNORECASE
)

Call = tuple[int, int, int]
"""The number of a system call, and its first two arguments."""


def operations(
    confined: ConfinedPlan, machine: str, calls: Iterable[Call], said: str
) -> Iterator[tuple[str, str | None]]:
    """What was refused that deserves a word, and the line that would allow it, if there is one."""
    named = [(name_of(machine, number), first, second) for number, first, second in calls]
    sockets = [(first, second) for name, first, second in named if name in ("socket", "socketpair")]
    internet = [second & _SOCK_TYPE_MASK for family, second in sockets if family in _INTERNET]
    network = confined.plan.network
    if any(kind != _SOCK_RAW for kind in internet) and not network:
        yield "opening an internet socket", _NETWORK
    elif internet:
        yield "opening a raw socket", None
    elif _OF_SOCKETS.search(said):
        tier = confined.confinement.tier
        yield from (_socket(family, tier, network=network) for family, _ in sockets)
    for name in (name for name, _, _ in named if name not in ("socket", "socketpair", *_TRIED)):
        if _OF_REFUSAL.search(said):
            yield _WORDS.get(name, f"the system call {name}"), None


def _socket(family: int, tier: Tier, *, network: bool) -> tuple[str, str | None]:
    allowed_by = None if network else _NETWORK
    if family == _UNIX:
        # Only in a view of its own does a command see no more sockets than it may.
        return "opening a Unix socket", allowed_by if tier is Tier.NAMESPACES else None
    if family == _NETLINK:
        return "asking for network interfaces", allowed_by
    return f"opening a socket of the family {_name(family)}", None


def _name(family: int) -> str:
    try:
        return socket.AddressFamily(family).name
    except ValueError:
        return str(family)
