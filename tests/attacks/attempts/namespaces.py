# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Get namespaces, mounts and roots of one's own, from where the confinement looks different."""

import ctypes
import errno
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(__file__))
from attempt import TARGETS, attempt, call, reaches, read, with_secret

KINDS = {
    "time": 0x00000080,
    "mnt": 0x00020000,
    "cgroup": 0x02000000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "net": 0x40000000,
}
NEW_USER = KINDS["user"]
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
OPEN_TREE_CLONE = 1
AT_FDCWD = -100
HERE = os.getcwd()


class CloneArguments(ctypes.Structure):
    """struct clone_args of clone3(2), as far as the first version went."""

    _fields_ = tuple(
        (name, ctypes.c_uint64)
        for name in ("flags", "pidfd", "child", "parent", "exit", "stack", "size", "tls")
    )


def collected(child):
    """Be done with a child made by hand; in the child itself, end."""
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return "a child in it"


def enter(path):
    """Enter the namespace at `path`. Nobody enters the user namespace that they are in."""
    return reaches("setns", os.open(path, os.O_RDONLY), 0, end=errno.EINVAL)


for kind, flag in KINDS.items():
    attempt(f"unshare {kind}")(lambda flag=flag: call("unshare", flag))
    attempt(f"enter {kind} of the victim")(
        lambda kind=kind: enter(f"/proc/{TARGETS['victim']['pid']}/ns/{kind}")
    )
    # What an unprivileged user may do: everything inside of a new user namespace.
    attempt(f"unshare {kind} with user")(lambda flag=flag: call("unshare", flag | NEW_USER))
    if kind == "time":
        continue  # its flag has another meaning to clone(2)
    attempt(f"clone into a new {kind}")(
        lambda flag=flag: collected(call("clone", flag | signal.SIGCHLD, 0, 0, 0, 0))
    )


attempt("enter the own user namespace")(lambda: enter("/proc/self/ns/user"))


@attempt("clone3 into a new user")
def _():
    arguments = CloneArguments(flags=NEW_USER, exit=signal.SIGCHLD)
    return collected(call("clone3", ctypes.byref(arguments), ctypes.sizeof(arguments)))


@attempt("enter a namespace of the victim through a pidfd")
def _():
    return call("setns", os.pidfd_open(TARGETS["victim"]["pid"]), KINDS["uts"])


@attempt("become root of a user namespace and mount")
def _():
    uid, gid = os.getuid(), os.getgid()
    call("unshare", NEW_USER | KINDS["mnt"])
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"0 {uid} 1"),
        ("gid_map", f"0 {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    call("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    return call("mount", b"tmpfs", HERE.encode(), b"tmpfs", 0, None)


@attempt("bring a folder in by a bind mount")
def _():
    call("unshare", KINDS["mnt"])
    call("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    call("mount", TARGETS["folder"].encode(), HERE.encode(), None, MS_BIND, None)
    return with_secret(read(f"{HERE}/secret"))


@attempt("change the root")
def _():
    call("chroot", b".")
    return os.stat("/a-file")


attempt("make a file system with fsopen")(lambda: call("fsopen", b"tmpfs", 0))
attempt("copy a tree of mounts")(lambda: call("open_tree", AT_FDCWD, b"/", OPEN_TREE_CLONE))
# The workspace is no mount, so none of these changes anything.
attempt("unmount")(lambda: reaches("umount2", b".", 0, end=errno.EINVAL))
attempt("pivot the root")(lambda: reaches("pivot_root", b".", b".", end=errno.EBUSY))
attempt("set the attributes of a mount")(
    # Nothing to set, and nothing to clear.
    lambda: call("mount_setattr", AT_FDCWD, b"/", 0, bytes(32), 32)
)
attempt("move a mount")(
    lambda: reaches("move_mount", AT_FDCWD, b".", AT_FDCWD, b".", 0, end=errno.EINVAL)
)
