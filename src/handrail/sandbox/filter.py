"""The system calls that a command may make, as a program for seccomp(2).

What is refused reaches past the rules of the other parts: sockets, namespaces and mounts, the
memory of other processes, the kernel itself, and ways to do any of it unseen (io_uring). The
rest is allowed, among it personality(2), which changes the layout of the caller's own memory and
gains nothing across an exec without new privileges, and seccomp(2), prctl(2) and landlock(7), by
which programs confine themselves further.

The zygote hears of each refusal and answers it, so that the outcome can name it; but programs
that try clone3(2) or calls newer than our table do so routinely: they hear ENOSYS at once.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from operator import itemgetter

from handrail.sandbox.syscalls import NEWEST, Syscalls, table


class Sockets(StrEnum):
    """Which sockets a command may open.

    INTERNET has streams and datagrams over IPv4 and IPv6, and netlink-route, which getaddrinfo(3)
    and lists of interfaces need. It has no Unix sockets: behind those sit daemons that act for
    whoever reaches them (Docker, D-Bus, agents). ALL has these too.
    """

    NONE = "none"
    INTERNET = "internet"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Filter:
    """Programs of struct sock_filter, in native byte order.

    `program` leaves the answers to a listener. `unheard` answers by itself, for where the kernel
    grants no listener: there can be one per process, and a container may already have it.
    `strangers` is for the thread that starts a command, on top of either: it refuses to change
    the limits of another process, by which a command could end a server that has its uid. A
    zygote does just that to its command, so it cannot be part of `program`.
    `answers` has the errno for each call that a listener hears, by number.
    """

    program: bytes
    unheard: bytes
    strangers: bytes
    answers: tuple[tuple[int, int], ...]


_NEVER = (
    *("setns", "mount", "umount2", "pivot_root", "chroot", "fsopen", "fsconfig", "fsmount"),
    *("fspick", "open_tree", "open_tree_attr", "move_mount", "mount_setattr"),
    *("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key"),
    *("name_to_handle_at", "open_by_handle_at", "fanotify_init", "lookup_dcookie"),
    *("kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module"),
    *("swapon", "swapoff", "reboot", "acct", "syslog", "iopl", "ioperm", "modify_ldt"),
    *("quotactl", "quotactl_fd", "vhangup", "settimeofday", "clock_settime"),
    *("sethostname", "setdomainname"),
)
_ANSWERS = {
    "socket": errno.EACCES,
    "socketpair": errno.EACCES,
    # As if the kernel had none: every program with a way round takes it then, not all at EPERM.
    "io_uring_setup": errno.ENOSYS,
    "io_uring_enter": errno.ENOSYS,
    "io_uring_register": errno.ENOSYS,
    # What a file system without handles says.
    "name_to_handle_at": errno.EOPNOTSUPP,
}

# CLONE_NEW*: time, mount, cgroup, uts, ipc, user, pid, network (sched.h).
_NAMESPACES = 0x7E02_0080
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_S_IFMT, _S_IFCHR, _S_IFBLK = 0o170000, 0o020000, 0o060000
_AF_UNIX, _AF_INET, _AF_INET6, _AF_NETLINK = 1, 2, 10, 16
_SOCK_TYPE_MASK, _SOCK_STREAM, _SOCK_DGRAM, _SOCK_SEQPACKET = 0xF, 1, 2, 5
_NETLINK_ROUTE = 0

# Opcodes of linux/bpf_common.h, and actions of linux/seccomp.h.
_LOAD, _AND, _JUMP, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x54, 0x05, 0x15, 0x35, 0x06
_KILL_PROCESS, _ERRNO, _USER_NOTIF, _ALLOW = 0x8000_0000, 0x0005_0000, 0x7FC0_0000, 0x7FFF_0000
# struct seccomp_data, whose words are little-endian on both machines.
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_FARTHEST = 255  # conditional jumps have 8 bits

# Instructions, run from the first on. Each way through ends in a return.
_Code = tuple[bytes, ...]
_Refuse = Callable[[str], _Code]


def build(machine: str, sockets: Sockets) -> Filter:
    """The filter for a `machine`, as uname(2) names it. Raises `ConfinementUnavailable`."""
    calls = table(machine)
    heard = _judged(sockets, lambda name: _ends(_USER_NOTIF))
    unheard = _judged(sockets, lambda name: _fails(_answer(name)))
    return Filter(
        program=_program(calls, heard),
        unheard=_program(calls, unheard),
        strangers=_program(calls, {"prlimit64": _prlimit(_fails(errno.EPERM))}),
        answers=tuple((calls.numbers[n], _answer(n)) for n in heard if n in calls.numbers),
    )


def name_of(machine: str, number: int) -> str:
    """The name of a call that a listener heard of."""
    names = {known: name for name, known in table(machine).numbers.items()}
    return names.get(number, f"system call {number}")


def _answer(name: str) -> int:
    return _ANSWERS.get(name, errno.EPERM)


def _judged(sockets: Sockets, refuse: _Refuse) -> dict[str, _Code]:
    """What to do about each call that is not simply allowed."""
    devices = (_S_IFCHR, _S_IFBLK)
    return {
        **{name: refuse(name) for name in _NEVER},
        "clone": _when(0, [0], _allowed(), refuse("clone"), mask=_NAMESPACES),
        "unshare": _when(0, [0], _allowed(), refuse("unshare"), mask=_NAMESPACES),
        "ioctl": _when(1, [_TIOCSTI, _TIOCLINUX], refuse("ioctl"), _allowed()),
        "mknod": _when(1, devices, refuse("mknod"), _allowed(), mask=_S_IFMT),
        "mknodat": _when(2, devices, refuse("mknodat"), _allowed(), mask=_S_IFMT),
        "socket": _socket(sockets, refuse("socket")),
        "socketpair": _socketpair(sockets, refuse("socketpair")),
    }


def _socket(sockets: Sockets, refused: _Code) -> _Code:
    if sockets is Sockets.NONE:
        return refused
    # No raw sockets, and none of the type that turns an IPv4 socket into one of AF_PACKET.
    types = (_SOCK_STREAM, _SOCK_DGRAM)
    internet = _when(1, types, _allowed(), refused, mask=_SOCK_TYPE_MASK)
    netlink = _when(2, [_NETLINK_ROUTE], _allowed(), refused)
    otherwise = _when(0, [_AF_NETLINK], netlink, refused)
    if sockets is Sockets.ALL:
        otherwise = _when(0, [_AF_UNIX], _allowed(), otherwise)
    return _when(0, [_AF_INET, _AF_INET6], internet, otherwise)


def _socketpair(sockets: Sockets, refused: _Code) -> _Code:
    """Unix sockets; unless all are allowed, only types whose peer stays the same.

    One of a pair of datagram sockets can send to any address: /dev/log, or systemd's.
    """
    same_peer = (_SOCK_STREAM, _SOCK_SEQPACKET)
    pair = _when(1, same_peer, _allowed(), refused, mask=_SOCK_TYPE_MASK)
    return _when(0, [_AF_UNIX], _allowed() if sockets is Sockets.ALL else pair, refused)


def _prlimit(refused: _Code) -> _Code:
    """New limits (the third argument, a pointer) for the caller itself only (process 0)."""
    reads = _when(2, [0], _when(2, [0], _allowed(), refused, half=1), refused)
    return _when(0, [0], _allowed(), reads)


def _program(calls: Syscalls, judged: dict[str, _Code]) -> bytes:
    """`judged` by name, everything else that we know allowed, as bytes for the kernel.

    Another architecture would number its calls otherwise, so it ends the process. The numbers of
    x32 lie beyond all that we know.
    """
    special = {calls.numbers[n]: code for n, code in judged.items() if n in calls.numbers}
    cuts = {
        0: _allowed(),
        **{number + 1: _allowed() for number in special},
        **special,
        calls.numbers["clone3"]: _fails(errno.ENOSYS),  # then libc uses clone, whose flags we see
        calls.numbers["clone3"] + 1: _allowed(),
        NEWEST + 1: _fails(errno.ENOSYS),
    }
    ranges = [next(same) for _, same in groupby(sorted(cuts.items()), key=itemgetter(1))]
    tree = (_op(_LOAD, _NUMBER), *_search(ranges))
    known = _match([calls.architecture], tree, _ends(_KILL_PROCESS))
    return b"".join((_op(_LOAD, _ARCHITECTURE), *known))


def _search(ranges: Sequence[tuple[int, _Code]]) -> _Code:
    """The code of the range that the loaded word is in, found by halving: (first word, code)."""
    if len(ranges) == 1:
        return ranges[0][1]
    middle = len(ranges) // 2
    low, high = _search(ranges[:middle]), _search(ranges[middle:])
    return (*_skip(_IF_AT_LEAST, ranges[middle][0], len(low)), *low, *high)


def _when(
    argument: int,
    values: Sequence[int],
    then: _Code,
    otherwise: _Code,
    *,
    mask: int | None = None,
    half: int = 0,
) -> _Code:
    """`then` if 32 bits of an argument, the lower `half` or the upper, are one of `values`.

    The kernel takes flags, families and ioctl requests from the lower half alone.
    """
    masked = () if mask is None else (_op(_AND, mask),)
    word = _ARGUMENTS + 8 * argument + 4 * half
    return (_op(_LOAD, word), *masked, *_match(values, then, otherwise))


def _match(values: Sequence[int], then: _Code, otherwise: _Code) -> _Code:
    code = otherwise
    for value in values:
        code = (*_skip(_IF_EQUAL, value, len(code)), *code)
    return (*code, *then)


def _skip(test: int, value: int, count: int) -> _Code:
    """Skip `count` instructions if the loaded word passes."""
    if count <= _FARTHEST:
        return (_op(test, value, passed=count),)
    return (_op(test, value, failed=1), _op(_JUMP, count))


def _allowed() -> _Code:
    return _ends(_ALLOW)


def _fails(number: int) -> _Code:
    return _ends(_ERRNO | number)


def _ends(action: int) -> _Code:
    return (_op(_RETURN, action),)


def _op(code: int, value: int, *, passed: int = 0, failed: int = 0) -> bytes:
    """One struct sock_filter."""
    return struct.pack("=HBBI", code, passed, failed, value)
