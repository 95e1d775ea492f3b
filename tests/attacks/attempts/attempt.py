# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""What every script of attempts shares: how to try a thing, and how to say what came of it.

A script runs as `python3 -I -S SCRIPT TARGETS`, TARGETS being JSON of what to aim at. For each
thing tried it prints a line of JSON: {"attempt", "got", "evidence"}. What raises `OSError` was
denied, as was what the kernel killed for a system call; what returns has succeeded, or was sent.
"""

import ctypes
import errno
import json
import os
import signal
import sys
import traceback

TARGETS = json.loads(sys.argv[1])
SECRET = TARGETS.get("secret", "")
PATIENCE_SECONDS = 5
KILLED_BY_THE_KERNEL = {signal.SIGSYS, signal.SIGKILL}
NUMBERS = {
    "x86_64": {
        "acct": 163,
        "add_key": 248,
        "bpf": 321,
        "chroot": 161,
        "clone": 56,
        "delete_module": 176,
        "finit_module": 313,
        "ioperm": 173,
        "kcmp": 312,
        "kexec_load": 246,
        "keyctl": 250,
        "lookup_dcookie": 212,
        "mount": 165,
        "name_to_handle_at": 303,
        "open_by_handle_at": 304,
        "perf_event_open": 298,
        "personality": 135,
        "pivot_root": 155,
        "process_vm_readv": 310,
        "process_vm_writev": 311,
        "ptrace": 101,
        "quotactl": 179,
        "reboot": 169,
        "request_key": 249,
        "rt_sigqueueinfo": 129,
        "setns": 308,
        "sethostname": 170,
        "settimeofday": 164,
        "swapon": 167,
        "syslog": 103,
        "tgkill": 234,
        "umount2": 166,
        "unshare": 272,
        "userfaultfd": 323,
        "vhangup": 153,
    },
    "aarch64": {
        "acct": 89,
        "add_key": 217,
        "bpf": 280,
        "chroot": 51,
        "clone": 220,
        "delete_module": 106,
        "finit_module": 273,
        "kcmp": 272,
        "kexec_load": 104,
        "keyctl": 219,
        "lookup_dcookie": 18,
        "mount": 40,
        "name_to_handle_at": 264,
        "open_by_handle_at": 265,
        "perf_event_open": 241,
        "personality": 92,
        "pivot_root": 41,
        "process_vm_readv": 270,
        "process_vm_writev": 271,
        "ptrace": 117,
        "quotactl": 60,
        "reboot": 142,
        "request_key": 218,
        "rt_sigqueueinfo": 138,
        "setns": 268,
        "sethostname": 161,
        "settimeofday": 170,
        "swapon": 224,
        "syslog": 116,
        "tgkill": 131,
        "umount2": 39,
        "unshare": 97,
        "userfaultfd": 282,
        "vhangup": 58,
    },
}[os.uname().machine] | {
    # Calls since Linux 5.0 have the same number everywhere.
    "pidfd_send_signal": 424,
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "clone3": 435,
    "pidfd_getfd": 438,
    "mount_setattr": 442,
}

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
libc.mmap.restype = ctypes.c_long
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]


def call(name, *arguments):
    """A system call by name. Raises `OSError`."""
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    return checked(libc.syscall(ctypes.c_long(NUMBERS[name]), *words), name)


def checked(result, what):
    """The result of a C function. Raises `OSError` when it says that it failed."""
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
    return result


def reaches(name, *arguments, end):
    """A system call for something that cannot be, so that it is harmless even to root.

    It has succeeded when the kernel refuses it for that, with the error `end`, and for nothing
    that it looks at before.
    """
    try:
        return call(name, *arguments)
    except OSError as error:
        if error.errno != end:
            raise
        return f"came as far as: {error.strerror}"


class Sent(int):
    """A signal that was asked for, as evidence: only its aim can tell whether it came."""


def attempt(name):
    """Try the decorated function at once, in a child, so that no attempt changes the next."""

    def tried(function):
        child = os.fork()
        if child == 0:
            signal.alarm(PATIENCE_SECONDS)
            _try(name, function)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        if os.WIFSIGNALED(status):
            by = signal.Signals(os.WTERMSIG(status))
            _say(name, "denied" if by in KILLED_BY_THE_KERNEL else "broken", f"killed by {by.name}")
        return function

    return tried


def _try(name, function):
    try:
        evidence = function()
    except OSError as error:
        word = errno.errorcode.get(error.errno, error.errno)
        _say(name, "denied", f"{word} {error.strerror} {error.filename or ''}".strip())
    except BaseException:
        _say(name, "broken", traceback.format_exc())
    else:
        _say(name, "sent" if isinstance(evidence, Sent) else "succeeded", evidence)


def _say(name, got, evidence):
    line = json.dumps({"attempt": name, "got": got, "evidence": str(evidence)[-500:]})
    os.write(1, line.encode() + b"\n")


def nothing(why):
    """Raises `OSError`: it could be done, but nothing was gained by it."""
    raise OSError(errno.ENODATA, why)


def with_secret(text):
    """What was read. Raises `OSError` when the secret is not in it."""
    return "read the secret" if SECRET in text else nothing("read, but without the secret")


def status(process, name):
    """The words of a line of proc(5)'s status."""
    lines = read(f"/proc/{process}/status").splitlines()
    return next(line.split()[1:] for line in lines if line.startswith(f"{name}:"))


def read(path):
    """All of a file, as text."""
    with open(path, "rb") as file:
        return file.read().decode(errors="replace")
