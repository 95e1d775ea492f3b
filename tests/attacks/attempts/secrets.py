# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Look for secrets where a server could have left them. Named by the file that holds them.

TARGETS: `secret` is in the environment of the server and of its ancestors, `declared` in that
of another call, and this call has none.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from attempt import SECRET, TARGETS, attempt, nothing, read, with_secret


def holding(pattern):
    """The processes whose file of this name holds the secret, of all that can be read."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if SECRET in read(f"/proc/{pid}/{pattern}"):
                found.append(pid)
        except OSError:
            continue
    return found or nothing("none that can be read")


attempt("in the own environment")(lambda: with_secret(read("/proc/self/environ")))
attempt("in the environment of the parent")(
    lambda: with_secret(read(f"/proc/{os.getppid()}/environ"))
)
for who, pid in TARGETS["others"].items():
    attempt(f"in the environment of {who}")(
        lambda pid=pid: with_secret(read(f"/proc/{pid}/environ"))
    )
attempt("in the environment of anyone")(lambda: holding("environ"))


@attempt("in an inherited descriptor")
def _():
    # The own output is no secret; what else is open was left open by someone.
    inherited = [fd for fd in map(int, os.listdir("/proc/self/fd")) if fd > 2]
    for fd in inherited:
        try:
            if SECRET in os.pread(fd, 4096, 0).decode(errors="replace"):
                return os.readlink(f"/proc/self/fd/{fd}")
        except OSError:
            continue
    return nothing(f"only {len(inherited)} of no interest")


@attempt("behind an inherited descriptor")
def _():
    links = [os.path.join("/proc/self/fd", name) for name in os.listdir("/proc/self/fd")]
    open_ones = [link for link in links if os.path.exists(link) and int(link.split("/")[-1]) > 2]
    return open_ones or nothing("none open")


@attempt("by an inherited folder")
def _():
    for name in os.listdir("/proc/self/fd"):
        try:
            return with_secret(read(f"/proc/self/fd/{name}/secret"))
        except OSError:
            continue
    return nothing("no folder open")
