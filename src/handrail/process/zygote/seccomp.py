"""System call filters, and the calls that they leave to us: seccomp(2), seccomp_unotify(2).

Whoever loads a filter and listens has that filter too. A refused call of its own would wait for
an answer that nobody gives: it must make none, from loading to its end.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct

_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SECCOMP_SET_MODE_FILTER = 1
_SECCOMP_FILTER_FLAG_NEW_LISTENER = 8
_INSTRUCTION_BYTES = 8

# struct seccomp_notif: id, pid, flags, and struct seccomp_data: number, architecture,
# instruction pointer, six arguments.
_ASKED = struct.Struct("=QIIiIQ6Q")
# struct seccomp_notif_resp: id, value, error, flags.
_ANSWER = struct.Struct("=QqiI")
# _IOWR('!', 0, struct seccomp_notif) and _IOWR('!', 1, struct seccomp_notif_resp).
_SECCOMP_IOCTL_NOTIF_RECV = 0xC000_2100 | _ASKED.size << 16
_SECCOMP_IOCTL_NOTIF_SEND = 0xC000_2101 | _ANSWER.size << 16

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def load(program: bytes) -> int:
    """Filter the calling thread and what it starts; a close-on-exec descriptor hears of them.

    no_new_privs must be set. Raises `OSError`: EBUSY when a filter above has a listener already.
    """
    return _filter(program, _SECCOMP_FILTER_FLAG_NEW_LISTENER)


def load_unheard(program: bytes) -> None:
    """The same for a program that leaves no call to a listener. Raises `OSError`."""
    _filter(program, 0)


def _filter(program: bytes, flags: int) -> int:
    instructions = ctypes.create_string_buffer(program, len(program))
    length = len(program) // _INSTRUCTION_BYTES
    # struct sock_fprog: length, pointer.
    whole = struct.pack("HP", length, ctypes.addressof(instructions))
    result = _libc.syscall(
        ctypes.c_long(_SECCOMP[os.uname().machine]),
        ctypes.c_uint(_SECCOMP_SET_MODE_FILTER),
        ctypes.c_uint(flags),
        ctypes.c_char_p(whole),
    )
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), "seccomp")
    return int(result)


def hear(listener: int) -> tuple[int, int, tuple[int, ...]] | None:
    """The next refused call: its id to answer by, its number, its six arguments.

    None when the asker is gone already. Waits when there is none, so poll(2) first. Pointers
    among the arguments are the asker's: what they point to can change under whoever looks.
    """
    asked = bytearray(_ASKED.size)  # zeros, or the kernel refuses
    try:
        fcntl.ioctl(listener, _SECCOMP_IOCTL_NOTIF_RECV, asked)
    except (FileNotFoundError, InterruptedError):
        return None
    call, _, _, number, _, _, *arguments = _ASKED.unpack(asked)
    return call, number, tuple(arguments)


def refuse(listener: int, call: int, error: int) -> None:
    """Have a heard call fail with `error`, an errno. An asker that is gone needs no answer."""
    try:
        fcntl.ioctl(listener, _SECCOMP_IOCTL_NOTIF_SEND, _ANSWER.pack(call, 0, -error, 0))
    except FileNotFoundError:
        pass
