# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Gain privileges: by asking for them, and by interfaces of the kernel that are for the few."""

import ctypes
import errno
import fcntl
import mmap
import os
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
from attempt import attempt, call, nothing, reaches, status

PERF_TYPE_SOFTWARE = 1
PERF_BYTES = 128
ADDR_NO_RANDOMIZE = 0x0040000
QUOTA_GET = 0x80000700


attempt("become root")(lambda: os.setresuid(0, 0, 0))
attempt("become another user")(lambda: os.setresuid(4242, 4242, 4242))
attempt("join the group of root")(lambda: os.setresgid(0, 0, 0))
attempt("join other groups")(lambda: os.setgroups([0, 42]))
attempt("give a file away to root")(lambda: os.chown(os.memfd_create("x"), 0, 0))


@attempt("hold any capability")
def _():
    held = status("self", "CapEff")[0]
    return held if int(held, 16) else nothing("none held")


@attempt("run without no_new_privs")
def _():
    return status("self", "NoNewPrivs") == ["0"] or nothing("it is set")


@attempt("bpf")
def _():
    return call("bpf", 0, struct.pack("IIII", 2, 4, 4, 1) + bytes(100), 116)  # a map


@attempt("perf_event_open")
def _():
    event = struct.pack("IIQ", PERF_TYPE_SOFTWARE, PERF_BYTES, 0) + bytes(24)
    only_user = struct.pack("Q", 0b1100000)  # exclude_kernel, exclude_hv
    event = (event + only_user).ljust(PERF_BYTES, b"\0")
    return call("perf_event_open", event, 0, -1, -1, 0)


attempt("userfaultfd")(lambda: call("userfaultfd", 1))
# These need privileges, and do no harm with them: what they ask for cannot be.
attempt("kexec_load")(lambda: reaches("kexec_load", 0, 1000, 0, 0, end=errno.EINVAL))
attempt("load a module")(lambda: reaches("finit_module", 0, b"", 0x8000, end=errno.EINVAL))
attempt("remove a module")(lambda: reaches("delete_module", b"none", 0x800, end=errno.ENOENT))
attempt("quotactl")(
    lambda: reaches("quotactl", QUOTA_GET, b"/dev/no", 0, bytes(112), end=errno.ENOENT)
)
attempt("swapon")(lambda: reaches("swapon", b"/no/such", 0, end=errno.ENOENT))
attempt("reboot")(lambda: reaches("reboot", 1, 2, 3, 0, end=errno.EINVAL))
attempt("acct")(lambda: reaches("acct", b"/no/such", end=errno.ENOENT))
# To what it is.
attempt("set the clock")(
    lambda: time.clock_settime(time.CLOCK_REALTIME, time.clock_gettime(time.CLOCK_REALTIME))
)
attempt("name the machine")(lambda: reaches("sethostname", b"x", 100_000, end=errno.EINVAL))
attempt("read the log of the kernel")(lambda: call("syslog", 3, bytes(1000), 1000))
attempt("open the log device")(lambda: os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK))
attempt("personality")(lambda: call("personality", ADDR_NO_RANDOMIZE))
attempt("raise the priority")(lambda: os.nice(-1))
attempt("be scheduled in real time")(
    lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
)
attempt("write a setting of the kernel")(
    lambda: os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY)
)


if os.uname().machine == "x86_64":

    @attempt("make a socket by a 32-bit system call")
    def _():
        # push rbx; mov ebx, edi; mov ecx, esi; mov eax, 359 (socket); int 0x80; pop rbx; ret
        code = b"\x53\x89\xfb\x89\xf1\xb8\x67\x01\0\0\xcd\x80\x5b\xc3"
        page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        page.write(code)
        function = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_int] * 3)
        address = ctypes.addressof(ctypes.c_char.from_buffer(page))
        result = function(address)(2, 1, 0)
        if result < 0:
            raise OSError(-result, os.strerror(-result))
        return fcntl.fcntl(result, fcntl.F_GETFD)
