# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Reach files outside of the workspace. The current directory is the workspace."""

import ctypes
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from attempt import TARGETS, attempt, call, checked, libc, nothing, read, with_secret

OUT = TARGETS["folder"]
SECRET_FILE = f"{OUT}/secret"
RELATIVE = os.path.relpath(SECRET_FILE)
PARENT = os.getppid()


def descriptor(path, flags):
    return os.open(path, flags | os.O_CLOEXEC)


# Reading.
attempt("open a file")(lambda: with_secret(read(SECRET_FILE)))
attempt("open it relative to the workspace")(lambda: with_secret(read(RELATIVE)))
attempt("open it through a link")(lambda: with_secret(read(f"{OUT}/link")))
attempt("open it through /proc/self/root")(
    lambda: with_secret(read(f"/proc/self/root{SECRET_FILE}"))
)
attempt("open it through /proc/self/cwd")(lambda: with_secret(read(f"/proc/self/cwd/{RELATIVE}")))
attempt("open it through the root of the parent")(
    lambda: with_secret(read(f"/proc/{PARENT}/root{SECRET_FILE}"))
)
attempt("open it through the root of the victim")(
    lambda: with_secret(read(f"/proc/{TARGETS['victim']['pid']}/root{SECRET_FILE}"))
)


@attempt("open it below a descriptor of its folder")
def _():
    folder = descriptor(OUT, os.O_PATH | os.O_DIRECTORY)
    file = os.open("secret", os.O_RDONLY, dir_fd=folder)
    return with_secret(os.read(file, 100).decode())


@attempt("open it anew from an O_PATH descriptor")
def _():
    file = descriptor(SECRET_FILE, os.O_PATH)
    return with_secret(read(f"/proc/self/fd/{file}"))


@attempt("open it through /dev/fd")
def _():
    file = descriptor(SECRET_FILE, os.O_PATH)
    return with_secret(read(f"/dev/fd/{file}"))


@attempt("read it through a link made in the workspace")
def _():
    os.symlink(SECRET_FILE, "a-link")
    try:
        return with_secret(read("a-link"))
    finally:
        os.unlink("a-link")


@attempt("link it into the workspace")
def _():
    os.link(SECRET_FILE, "a-hard-link")
    return with_secret(read("a-hard-link"))


@attempt("rename it into the workspace")
def _():
    os.rename(f"{OUT}/movable", "moved-in")
    os.rename("moved-in", f"{OUT}/movable")
    return "moved it in and back"


@attempt("open it by its handle")
def _():
    handle = ctypes.create_string_buffer(b"\x80\0\0\0", 8 + 128)
    mount = ctypes.c_int()
    call("name_to_handle_at", -100, SECRET_FILE.encode(), handle, ctypes.byref(mount), 0)
    root = descriptor("/", os.O_RDONLY)
    file = call("open_by_handle_at", root, handle, os.O_RDONLY)
    return with_secret(os.read(file, 100).decode())


attempt("list a folder")(lambda: os.listdir(OUT))
attempt("list the root folder")(lambda: os.listdir("/"))
attempt("read a link")(lambda: os.readlink(f"{OUT}/link"))
attempt("see the status of a file")(lambda: os.stat(SECRET_FILE))
attempt("see whether a file may be read")(lambda: os.access(SECRET_FILE, os.R_OK) or nothing("no"))
attempt("see the attributes of a file")(lambda: os.listxattr(SECRET_FILE))
attempt("change to a folder")(lambda: os.chdir(OUT))


@attempt("watch a folder with inotify")
def _():
    watcher = checked(libc.inotify_init1(0), "inotify_init1")
    return checked(libc.inotify_add_watch(watcher, OUT.encode(), 0xFFF), "inotify_add_watch")


# Writing.
@attempt("open to write")
def _():
    return os.write(descriptor(SECRET_FILE, os.O_WRONLY), b"x")


@attempt("open to append")
def _():
    return os.write(descriptor(SECRET_FILE, os.O_WRONLY | os.O_APPEND), b"x")


@attempt("open an O_PATH descriptor anew to write")
def _():
    file = descriptor(SECRET_FILE, os.O_PATH)
    return os.write(descriptor(f"/proc/self/fd/{file}", os.O_WRONLY), b"x")


@attempt("create a file")
def _():
    return os.write(descriptor(f"{OUT}/new", os.O_WRONLY | os.O_CREAT | os.O_EXCL), b"x")


@attempt("create a file without a name")
def _():
    return os.write(descriptor(OUT, os.O_WRONLY | os.O_TMPFILE), b"x")


@attempt("rename a file out of the workspace")
def _():
    with open("of-ours", "w") as file:
        file.write("x")
    os.rename("of-ours", f"{OUT}/planted")


@attempt("link a file out of the workspace")
def _():
    with open("of-ours-too", "w") as file:
        file.write("x")
    os.link("of-ours-too", f"{OUT}/planted-link")


attempt("truncate")(lambda: os.truncate(SECRET_FILE, 1))
attempt("rename there")(lambda: os.rename(f"{OUT}/movable", f"{OUT}/moved"))
attempt("remove")(lambda: os.unlink(f"{OUT}/doomed"))
attempt("remove a folder")(lambda: os.rmdir(f"{OUT}/empty"))
attempt("make a folder")(lambda: os.mkdir(f"{OUT}/made"))
attempt("make a link")(lambda: os.symlink("secret", f"{OUT}/made-link"))
attempt("make a fifo")(lambda: os.mkfifo(f"{OUT}/made-fifo"))
attempt("make a device")(lambda: os.mknod(f"{OUT}/made-device", 0o20666, os.makedev(1, 3)))
attempt("change the mode")(lambda: os.chmod(SECRET_FILE, 0o606))
attempt("change the group")(lambda: os.chown(SECRET_FILE, -1, os.getgid()))
attempt("change the times")(lambda: os.utime(SECRET_FILE, (0, 0)))
attempt("set an attribute")(lambda: os.setxattr(SECRET_FILE, "user.canary", b"x"))
