# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Signal processes that are none of ours. SIGURG does no harm to those who do not expect it."""

import ctypes
import fcntl
import os
import signal
import socket
import sys

sys.path.insert(0, os.path.dirname(__file__))
from attempt import TARGETS, attempt, call

SI_QUEUE = -1
F_SETSIG, F_SETOWN_EX, F_OWNER_TID = 10, 15, 0
AIMS = {"the victim": TARGETS["victim"]["pid"], "the zygote": os.getppid(), **TARGETS["others"]}


class Information(ctypes.Structure):
    """The beginning of siginfo_t."""

    _fields_ = (
        ("number", ctypes.c_int),
        ("error", ctypes.c_int),
        ("code", ctypes.c_int),
        ("rest", ctypes.c_char * 116),
    )


def have_signalled(pid, own):
    """Let the kernel signal `pid` when data comes. Raises `OSError` when that is refused."""
    ours, theirs = socket.socketpair()
    fcntl.fcntl(ours, F_SETSIG, signal.SIGURG)
    own(ours, pid)
    fcntl.fcntl(ours, fcntl.F_SETFL, os.O_ASYNC)
    theirs.send(b"x")


for who, pid in AIMS.items():
    attempt(f"kill {who}")(lambda pid=pid: os.kill(pid, signal.SIGURG))
    attempt(f"see whether {who} lives")(lambda pid=pid: os.kill(pid, 0))
    attempt(f"tgkill {who}")(lambda pid=pid: call("tgkill", pid, pid, int(signal.SIGURG)))
    attempt(f"kill the group of {who}")(lambda pid=pid: os.killpg(os.getpgid(pid), signal.SIGURG))
    attempt(f"signal {who} through a pidfd")(
        lambda pid=pid: signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGURG)
    )
    attempt(f"queue a signal for {who}")(
        lambda pid=pid: call(
            "rt_sigqueueinfo",
            pid,
            int(signal.SIGURG),
            ctypes.byref(Information(signal.SIGURG, 0, SI_QUEUE)),
        )
    )
    # The kernel takes any owner and drops the signal later: only the victim knows.
    attempt(f"have {who} signalled by F_SETOWN")(
        lambda pid=pid: have_signalled(pid, lambda s, p: fcntl.fcntl(s, fcntl.F_SETOWN, p))
    )

# Reaches everything that we may signal; the caller asks for it when that is little.
if TARGETS["kill_everything"]:
    attempt("kill everything")(lambda: os.kill(-1, signal.SIGURG))
