# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Look into other processes, and take hold of them."""

import ctypes
import os
import resource
import sys

sys.path.insert(0, os.path.dirname(__file__))
from attempt import SECRET, TARGETS, attempt, call, read, with_secret

PTRACE_ATTACH, PTRACE_SEIZE, PTRACE_DETACH = 16, 0x4206, 17
KCMP_VM = 1
VICTIM = TARGETS["victim"]
AIMS = {"the victim": VICTIM["pid"], "the zygote": os.getppid(), "the server": TARGETS["server"]}


class Span(ctypes.Structure):
    """struct iovec."""

    _fields_ = (("address", ctypes.c_void_p), ("size", ctypes.c_size_t))


def spans(local, remote_address):
    """The two spans of process_vm_readv(2)."""
    size = len(local)
    return Span(ctypes.addressof(local), size), Span(remote_address, size)


for who, pid in AIMS.items():
    attempt(f"read the environment of {who}")(
        lambda pid=pid: len(read(f"/proc/{pid}/environ")) or "it is empty"
    )
    attempt(f"read the memory map of {who}")(lambda pid=pid: len(read(f"/proc/{pid}/maps")))
    attempt(f"open the memory of {who}")(lambda pid=pid: os.open(f"/proc/{pid}/mem", os.O_RDWR))
    attempt(f"list the descriptors of {who}")(lambda pid=pid: os.listdir(f"/proc/{pid}/fd"))
    attempt(f"read the command line of {who}")(lambda pid=pid: read(f"/proc/{pid}/cmdline"))
    attempt(f"see where {who} works")(lambda pid=pid: os.readlink(f"/proc/{pid}/cwd"))
    attempt(f"see the program of {who}")(lambda pid=pid: os.readlink(f"/proc/{pid}/exe"))
    attempt(f"enter the root of {who}")(lambda pid=pid: os.listdir(f"/proc/{pid}/root/"))
    attempt(f"compare the memory of {who}")(
        lambda pid=pid: call("kcmp", pid, os.getpid(), KCMP_VM, 0, 0)
    )
    attempt(f"see the limits of {who}")(lambda pid=pid: resource.prlimit(pid, resource.RLIMIT_CORE))
    attempt(f"change the limits of {who}")(
        lambda pid=pid: resource.prlimit(
            pid, resource.RLIMIT_CORE, resource.prlimit(pid, resource.RLIMIT_CORE)
        )
    )
    attempt(f"change the priority of {who}")(
        lambda pid=pid: os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid))
    )
    attempt(f"change the processors of {who}")(
        lambda pid=pid: os.sched_setaffinity(pid, os.sched_getaffinity(pid))
    )

    @attempt(f"attach to {who}")
    def _(pid=pid):
        call("ptrace", PTRACE_ATTACH, pid, 0, 0)
        os.waitpid(pid, 0x40000000)  # __WALL
        call("ptrace", PTRACE_DETACH, pid, 0, 0)

    # The end of this attempt lets go.
    attempt(f"seize {who}")(lambda pid=pid: call("ptrace", PTRACE_SEIZE, pid, 0, 0))

    @attempt(f"take a descriptor of {who}")
    def _(pid=pid):
        file = VICTIM["file"] if pid == VICTIM["pid"] else 0
        return call("pidfd_getfd", os.pidfd_open(pid), file, 0)


@attempt("read the secret out of the memory of the victim")
def _():
    with open(f"/proc/{VICTIM['pid']}/mem", "rb", buffering=0) as memory:
        memory.seek(VICTIM["address"])
        return with_secret(memory.read(len(SECRET)).decode())


@attempt("read the secret with process_vm_readv")
def _():
    local = ctypes.create_string_buffer(len(SECRET))
    ours, theirs = (ctypes.byref(span) for span in spans(local, VICTIM["address"]))
    call("process_vm_readv", VICTIM["pid"], ours, 1, theirs, 1, 0)
    return with_secret(local.raw.decode())


@attempt("write with process_vm_writev")
def _():
    local = ctypes.create_string_buffer(SECRET.encode(), len(SECRET))
    ours, theirs = (ctypes.byref(span) for span in spans(local, VICTIM["address"]))
    return call("process_vm_writev", VICTIM["pid"], ours, 1, theirs, 1, 0)


@attempt("open the secret file of the victim")
def _():
    return with_secret(read(f"/proc/{VICTIM['pid']}/fd/{VICTIM['file']}"))
