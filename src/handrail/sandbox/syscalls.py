"""The system calls that a filter must know by number, for each machine that we support.

Sources: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h of Linux.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from handrail.errors import ConfinementUnavailable

# Audit architecture (include/uapi/linux/audit.h): ELF machine | 64 bit | little endian.
_ARCHITECTURES = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}

NEWEST = 469
"""The newest call that was judged, file_setattr of Linux 6.17; one table for all since 424."""

_X86_64 = {
    "ioctl": 16,
    "socket": 41,
    "socketpair": 53,
    "clone": 56,
    "ptrace": 101,
    "syslog": 103,
    "mknod": 133,
    "vhangup": 153,
    "modify_ldt": 154,
    "pivot_root": 155,
    "chroot": 161,
    "acct": 163,
    "settimeofday": 164,
    "mount": 165,
    "umount2": 166,
    "swapon": 167,
    "swapoff": 168,
    "reboot": 169,
    "sethostname": 170,
    "setdomainname": 171,
    "iopl": 172,
    "ioperm": 173,
    "init_module": 175,
    "delete_module": 176,
    "quotactl": 179,
    "lookup_dcookie": 212,
    "clock_settime": 227,
    "kexec_load": 246,
    "add_key": 248,
    "request_key": 249,
    "keyctl": 250,
    "mknodat": 259,
    "unshare": 272,
    "perf_event_open": 298,
    "fanotify_init": 300,
    "prlimit64": 302,
    "name_to_handle_at": 303,
    "open_by_handle_at": 304,
    "setns": 308,
    "process_vm_readv": 310,
    "process_vm_writev": 311,
    "kcmp": 312,
    "finit_module": 313,
    "kexec_file_load": 320,
    "bpf": 321,
    "userfaultfd": 323,
}
# Of these, aarch64 has no iopl, ioperm, modify_ldt (x86 hardware) and no mknod (only mknodat).
_AARCH64 = {
    "lookup_dcookie": 18,
    "ioctl": 29,
    "mknodat": 33,
    "umount2": 39,
    "mount": 40,
    "pivot_root": 41,
    "chroot": 51,
    "vhangup": 58,
    "quotactl": 60,
    "acct": 89,
    "unshare": 97,
    "kexec_load": 104,
    "init_module": 105,
    "delete_module": 106,
    "clock_settime": 112,
    "syslog": 116,
    "ptrace": 117,
    "reboot": 142,
    "sethostname": 161,
    "setdomainname": 162,
    "settimeofday": 170,
    "socket": 198,
    "socketpair": 199,
    "add_key": 217,
    "request_key": 218,
    "keyctl": 219,
    "clone": 220,
    "swapon": 224,
    "swapoff": 225,
    "perf_event_open": 241,
    "prlimit64": 261,
    "fanotify_init": 262,
    "name_to_handle_at": 264,
    "open_by_handle_at": 265,
    "setns": 268,
    "process_vm_readv": 270,
    "process_vm_writev": 271,
    "kcmp": 272,
    "finit_module": 273,
    "bpf": 280,
    "userfaultfd": 282,
    "kexec_file_load": 294,
}
_BOTH = {
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "clone3": 435,
    "pidfd_getfd": 438,
    "mount_setattr": 442,
    "quotactl_fd": 443,
    "open_tree_attr": 467,
}
_NUMBERS = {"x86_64": {**_X86_64, **_BOTH}, "aarch64": {**_AARCH64, **_BOTH}}


MACHINES = tuple(_NUMBERS)
"""The machines that we know, as uname(2) names them."""


@dataclass(frozen=True, slots=True)
class Syscalls:
    """The calls of one machine: its audit architecture, and numbers by name.

    A name that the machine lacks is absent.
    """

    architecture: int
    numbers: Mapping[str, int]


def table(machine: str) -> Syscalls:
    """The calls of `machine`, as uname(2) names it. Raises `ConfinementUnavailable`."""
    if machine not in _NUMBERS:
        raise ConfinementUnavailable(
            f"this version of handrail has no system call filter for {machine or 'this machine'}",
            hint=f"Run it on {' or '.join(_NUMBERS)}: the tiers above `none` need the filter.",
        )
    return Syscalls(_ARCHITECTURES[machine], MappingProxyType(_NUMBERS[machine]))
