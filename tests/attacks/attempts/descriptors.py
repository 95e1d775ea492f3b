# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Find what was left open by whoever started us: the server has a secret file and a folder open."""

import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from attempt import SECRET, attempt, nothing, read, with_secret

INHERITED = [
    fd
    for fd in map(int, os.listdir("/proc/self/fd"))
    if fd > 2 and os.path.exists(f"/proc/self/fd/{fd}")
]


attempt("have a descriptor beside the three streams")(lambda: INHERITED or nothing("none is open"))


@attempt("read a secret behind a descriptor")
def _():
    for fd in INHERITED:
        try:
            if SECRET in os.pread(fd, 4096, 0).decode(errors="replace"):
                return os.readlink(f"/proc/self/fd/{fd}")
        except OSError:
            continue
    return nothing("none holds it")


@attempt("read a secret below an open folder")
def _():
    for fd in INHERITED:
        try:
            return with_secret(read(f"/proc/self/fd/{fd}/secret"))
        except OSError:
            continue
    return nothing("no folder is open")


@attempt("leave an open folder upwards")
def _():
    for fd in INHERITED:
        try:
            return os.listdir(f"/proc/self/fd/{fd}/..")
        except OSError:
            continue
    return nothing("no folder is open")
