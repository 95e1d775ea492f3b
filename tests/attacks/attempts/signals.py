# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Signal processes that are none of ours, with what does no harm to who does not expect it."""

import ctypes
import fcntl
import os
import signal
import socket
import sys

sys.path.insert(0, os.path.dirname(__file__))
from attempt import TARGETS, Sent, attempt, call, nothing

SI_QUEUE = -1
F_SETSIG = 10
VICTIM = TARGETS["victim"]["pid"]
AIMS = {"the victim": VICTIM, "the zygote": os.getppid(), "the server": TARGETS["server"]}


class Information(ctypes.Structure):
    """The beginning of siginfo_t."""

    _fields_ = (
        ("number", ctypes.c_int),
        ("error", ctypes.c_int),
        ("code", ctypes.c_int),
        ("rest", ctypes.c_char * 116),
    )


def have_signalled(pid):
    """Let the kernel signal `pid` when data comes. Raises `OSError` when that is refused."""
    ours, theirs = socket.socketpair()
    fcntl.fcntl(ours, F_SETSIG, signal.SIGWINCH)
    fcntl.fcntl(ours, fcntl.F_SETOWN, pid)
    fcntl.fcntl(ours, fcntl.F_SETFL, os.O_ASYNC)
    theirs.send(b"x")
    return Sent(signal.SIGWINCH)


def group(pid):
    """The process group of `pid`. Raises `OSError` when none can be signalled by that number.

    0 is that of a leader who cannot be seen, and means our own; -1, for group 1, means everybody.
    """
    found = os.getpgid(pid)
    return found if found > 1 else nothing("its group has no number that means it alone")


def kill_everything():
    """Reaches all that we may signal; whoever starts this script asks for it if that is little."""
    os.kill(-1, signal.SIGCONT)
    return Sent(signal.SIGCONT)


for who, pid in AIMS.items():
    attempt(f"kill {who}")(lambda pid=pid: os.kill(pid, signal.SIGURG))
    attempt(f"see whether {who} lives")(lambda pid=pid: os.kill(pid, 0))
    attempt(f"tgkill {who}")(lambda pid=pid: call("tgkill", pid, pid, int(signal.SIGURG)))
    attempt(f"kill the group of {who}")(lambda pid=pid: os.killpg(group(pid), signal.SIGURG))
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

attempt("have the victim signalled by F_SETOWN")(lambda: have_signalled(VICTIM))
if TARGETS["kill_everything"]:
    attempt("kill everything")(kill_everything)
