# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Meet others in what the kernel shares: keys, shared memory, queues, semaphores."""

import ctypes
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from attempt import SECRET, TARGETS, attempt, call, checked, libc, nothing, read, with_secret

VICTIM = TARGETS["victim"]
KEYCTL_GET_KEYRING_ID, KEYCTL_JOIN_SESSION, KEYCTL_SEARCH, KEYCTL_READ = 0, 1, 10, 11
KEYCTL_GET_PERSISTENT = 22
PROCESS, SESSION, USER = -2, -3, -4
IPC_CREAT, IPC_PRIVATE = 0o1000, 0

libc.shmat.restype = ctypes.c_void_p
libc.mq_open.restype = ctypes.c_int


def key_text(key):
    """What a key holds."""
    text = ctypes.create_string_buffer(100)
    size = call("keyctl", KEYCTL_READ, key, text, 100, 0)
    return text.raw[:size].decode()


def with_secret_name(text):
    """Whether the key of the victim is in the list."""
    return VICTIM["key_name"] in text or nothing("not in it")


# Keys.
attempt("read a key by its number")(lambda: with_secret(key_text(VICTIM["key"])))


@attempt("find a key in the ring of the user")
def _():
    name = VICTIM["key_name"].encode()
    return with_secret(key_text(call("keyctl", KEYCTL_SEARCH, USER, b"user", name, 0)))


attempt("request a key")(
    lambda: call("request_key", b"user", VICTIM["key_name"].encode(), None, USER)
)
attempt("leave a key in the own process")(
    lambda: call("add_key", b"user", b"left", b"x", 1, PROCESS)
)
attempt("join a session of keys")(lambda: call("keyctl", KEYCTL_JOIN_SESSION, None, 0, 0, 0))
attempt("have the ring of the user")(lambda: call("keyctl", KEYCTL_GET_KEYRING_ID, USER, 0, 0, 0))
attempt("list the keys")(lambda: with_secret_name(read("/proc/keys")))


# System V.
@attempt("read shared memory")
def _():
    segment = checked(libc.shmget(VICTIM["ipc_key"], 0, 0), "shmget")
    address = libc.shmat(segment, None, 0)
    if address in (None, ctypes.c_void_p(-1).value):
        raise OSError(ctypes.get_errno(), "shmat")
    return with_secret(ctypes.string_at(address, len(SECRET)).decode())


attempt("list shared memory")(
    lambda: str(VICTIM["ipc_key"]) in read("/proc/sysvipc/shm") or nothing("not in it")
)


# What a later call could find.
@attempt("leave shared memory")
def _():
    return checked(libc.shmget(TARGETS["left"], 4096, IPC_CREAT | 0o600), "shmget")


attempt("leave a queue")(lambda: checked(libc.msgget(TARGETS["left"], IPC_CREAT | 0o600), "msgget"))
attempt("leave a semaphore")(
    lambda: checked(libc.semget(TARGETS["left"], 1, IPC_CREAT | 0o600), "semget")
)


@attempt("leave a file in /dev/shm")
def _():
    with open(f"/dev/shm/canary-{TARGETS['left']}", "w") as file:
        return file.write("x")


@attempt("leave a POSIX queue")
def _():
    name = f"/canary-{TARGETS['left']}".encode()
    return checked(libc.mq_open(name, os.O_CREAT | os.O_RDWR, 0o600, None), "mq_open")


@attempt("leave a file in /tmp")
def _():
    with open(f"/tmp/canary-{TARGETS['left']}", "w") as file:
        return file.write("x")


@attempt("leave a file in the temporary folder")
def _():
    with open(os.path.join(os.environ["TMPDIR"], f"canary-{TARGETS['left']}"), "w") as file:
        return file.write("x")
