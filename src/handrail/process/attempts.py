"""What a probe tries, as the command that it is: run by `python -I -S -c`, source and all.

Standard library only. Writes one JSON object: the result of every attempt, by its name in
`sandbox/evidence.py`. All that it tries to reach was put there for it, save the server itself.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
UNSHARE = {"x86_64": 272, "aarch64": 97}[os.uname().machine]
PTRACE = {"x86_64": 101, "aarch64": 117}[os.uname().machine]
IO_URING_SETUP = 425
CLONE_NEWUSER = 0x10000000
PTRACE_SEIZE = 0x4206


class NotSo(Exception):
    """An attempt that failed by a fact, which is its message, not by an error."""


def attempt(act: Callable[[], object]) -> str:
    """The word for success, or the error or fact in its way: `Permission denied (EACCES)`."""
    try:
        act()
    except NotSo as fact:
        return str(fact)
    except OSError as error:
        return f"{error.strerror} ({errno.errorcode.get(error.errno or 0, error.errno)})"
    return "succeeded"


def call(number: int, *arguments: Any) -> int:
    result = libc.syscall(
        ctypes.c_long(number),
        *(ctypes.c_ulong(each) if isinstance(each, int) else each for each in arguments),
    )
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return int(result)


def opened(path: str, flags: int = os.O_RDONLY) -> None:
    os.close(os.open(path, flags, 0o600))


def be_root(*, allowed: bool) -> None:
    """To be seen by what we are. Whoever was made root on purpose must still have no power."""
    user, powers = os.geteuid(), int(status()["CapEff"], 16)
    if powers == 0 and (user != 0 or allowed):
        raise NotSo(f"uid {user}, no capabilities")


def gain_privileges() -> None:
    if status()["NoNewPrivs"] == "1":
        raise NotSo("no_new_privs, for good")


def status() -> dict[str, str]:
    """Our line of each name in proc(5)'s status."""
    with open("/proc/self/status") as file:
        return {name: value.strip() for name, _, value in (line.partition(":") for line in file)}


def run_written(folder: str) -> None:
    path = os.path.join(folder, "written.sh")
    with open(path, "w") as file:
        file.write("#!/bin/sh\nexit 0\n")
    os.chmod(path, 0o700)
    run(path)


def run(path: str) -> None:
    os.waitpid(os.posix_spawn(path, [path], {}), 0)


def connect(family: int, kind: int, address: Any) -> None:
    with socket.socket(family, kind) as one:
        one.settimeout(1)
        one.connect(address)
        one.send(b"probe")


def raise_limit() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard + 1, hard + 1))
    except ValueError:  # how Python tells that it is not allowed
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM)) from None


def main(to: dict[str, Any]) -> None:
    outside, server, workspace = to["outside"], to["server"], to["workspace"]
    secret = os.path.join(outside, "secret")
    stream, datagram = socket.SOCK_STREAM, socket.SOCK_DGRAM
    inet, unix = socket.AF_INET, socket.AF_UNIX
    tries: dict[str, Callable[[], object]] = {
        "root": lambda: be_root(allowed=to["as_root"]),
        "new_privileges": gain_privileges,
        "unlimited": raise_limit,
        "read_outside": lambda: opened(secret),
        "list_outside": lambda: os.listdir(outside),
        "write_outside": lambda: opened(secret, os.O_WRONLY),
        "cut_outside": lambda: os.truncate(secret, 1),
        "create_outside": lambda: opened(os.path.join(outside, "new"), os.O_CREAT | os.O_WRONLY),
        "write_kept": lambda: opened(os.path.join(workspace, ".git", "config"), os.O_WRONLY),
        # Not at the top: at the tier landlock, that has no place for new files beside `.git`.
        "run_written": lambda: run_written(os.path.join(workspace, "folder")),
        "run_temporary": lambda: run_written(os.environ["TMPDIR"]),
        "signal_server": lambda: os.kill(server, 0),
        "server_environment": lambda: opened(f"/proc/{server}/environ"),
        "trace_server": lambda: call(PTRACE, PTRACE_SEIZE, server, 0, 0),
        "tcp": lambda: connect(inet, stream, ("127.0.0.1", to["tcp"])),
        "udp": lambda: connect(inet, datagram, ("127.0.0.1", to["tcp"])),
        # From the workspace beside it, for an address may not be long.
        "unix_socket": lambda: connect(unix, stream, "../outside/socket"),
        "abstract_socket": lambda: connect(unix, stream, "\0" + to["abstract"]),
        "io_uring": lambda: call(IO_URING_SETUP, 1, ctypes.create_string_buffer(120)),
        "user_namespace": lambda: call(UNSHARE, CLONE_NEWUSER),
        "see_outside": lambda: os.stat(secret),
        "see_server": lambda: os.stat(f"/proc/{server}"),
        "read_inside": lambda: opened(os.path.join(workspace, "file")),
        "write_inside": lambda: opened(os.path.join(workspace, "file"), os.O_WRONLY),
        "create_inside": lambda: opened(
            os.path.join(workspace, "folder", "new"), os.O_CREAT | os.O_WRONLY
        ),
        "write_temporary": lambda: opened(
            os.path.join(os.environ["TMPDIR"], "x"), os.O_CREAT | os.O_WRONLY
        ),
        "run_system": lambda: run("/bin/true"),
    }
    signal.alarm(10)
    sys.stdout.write(json.dumps({name: attempt(act) for name, act in tries.items()}))


main(json.loads(sys.argv[1]))
