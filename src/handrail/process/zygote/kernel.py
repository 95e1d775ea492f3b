"""The few Linux calls that Python lacks: prctl(2), capset(2) and landlock(7)."""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
# Version 3 of capset(2)'s header: two sets of 32 bits.
_CAPABILITY_VERSION = 0x20080522
_SIGSET_BYTES = 128
# The same numbers on x86-64 and aarch64: all calls since Linux 5.0 share one table.
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_ADD_RULE = 445
_LANDLOCK_RESTRICT_SELF = 446
_LANDLOCK_CREATE_RULESET_VERSION = 1
_LANDLOCK_RULE_PATH_BENEATH = 1
# How much of struct landlock_ruleset_attr a version knows: files, ports (4), scopes (6).
_ATTRIBUTE_BYTES = ((6, 24), (4, 16), (1, 8))

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def _checked(result: int, what: str) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), what)
    return int(result)


def _prctl(option: int, value: int) -> None:
    zero = ctypes.c_ulong(0)
    _checked(_libc.prctl(option, ctypes.c_ulong(value), zero, zero, zero), "prctl")


def become_subreaper() -> None:
    """Orphans below this process become its children: PR_SET_CHILD_SUBREAPER(2const)."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def forbid_new_privileges() -> None:
    """No setuid program gains anything from here on: PR_SET_NO_NEW_PRIVS(2const)."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def die_with_parent(number: int) -> None:
    """Get this signal when the parent ends: PR_SET_PDEATHSIG(2const)."""
    _prctl(_PR_SET_PDEATHSIG, number)


def heard(number: int) -> int:
    """A descriptor that becomes readable when this signal comes, which does nothing else.

    That is signalfd(2). Threads that are made from here on hear it there, too.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, [number])
    numbers = (1 << number - 1).to_bytes(_SIGSET_BYTES, sys.byteorder)
    flags = os.O_NONBLOCK | os.O_CLOEXEC
    return _checked(_libc.signalfd(-1, ctypes.c_char_p(numbers), flags), "signalfd")


def drop_capabilities() -> None:
    """Keep no capability, whoever we are: capabilities(7).

    With no_new_privs, a program that root starts does not get them back (execve(2)).
    """
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    none = struct.pack("6I", 0, 0, 0, 0, 0, 0)
    _checked(_libc.capset(ctypes.c_char_p(header), ctypes.c_char_p(none)), "capset")


def landlock_version() -> int:
    """The version of Landlock that this kernel has; 0 for none."""
    version = _libc.syscall(
        _LANDLOCK_CREATE_RULESET,
        None,
        ctypes.c_size_t(0),
        ctypes.c_uint(_LANDLOCK_CREATE_RULESET_VERSION),
    )
    return max(int(version), 0)


def create_ruleset(files: int, ports: int, scopes: int) -> int:
    """A ruleset that handles these rights, as a descriptor: landlock_create_ruleset(2).

    Raises `OSError` when this kernel does not know one of them.
    """
    version = landlock_version()
    size = next((size for least, size in _ATTRIBUTE_BYTES if version >= least), 0)
    attributes = struct.pack("QQQ", files, ports, scopes)
    ruleset = _libc.syscall(
        _LANDLOCK_CREATE_RULESET,
        ctypes.c_char_p(attributes),
        ctypes.c_size_t(size if not any(attributes[size:]) else len(attributes)),
        ctypes.c_uint(0),
    )
    return _checked(ruleset, "landlock_create_ruleset")


def grant(ruleset: int, place: int, rights: int) -> None:
    """Allow `rights` at the open file or folder `place`, and below: landlock_add_rule(2)."""
    attribute = struct.pack("=Qi", rights, place)
    added = _libc.syscall(
        _LANDLOCK_ADD_RULE,
        ctypes.c_int(ruleset),
        ctypes.c_int(_LANDLOCK_RULE_PATH_BENEATH),
        ctypes.c_char_p(attribute),
        ctypes.c_uint(0),
    )
    _checked(added, "landlock_add_rule")


def enter(ruleset: int) -> None:
    """Put the calling thread, and what it starts, into a new domain below its own."""
    entered = _libc.syscall(_LANDLOCK_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0))
    _checked(entered, "landlock_restrict_self")
