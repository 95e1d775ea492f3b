"""The filter under real programs: what they see, what is heard of it, and that they work."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from handrail.process import zygote
from handrail.sandbox.filter import Sockets, build, name_of
from handrail.sandbox.syscalls import table

MACHINE = os.uname().machine
NUMBERS = table(MACHINE).numbers
PYTHON = sys.executable
PACKAGES = str(Path(next(iter(zygote.__path__))).parent)

# Filters itself, starts a command, and answers what it hears until that has ended.
LISTEN = """
import json, os, select, signal, sys
packages, order = sys.argv[1:]
sys.path.append(packages)
from zygote import kernel, seccomp
order = json.loads(order)
program, answers = bytes.fromhex(order["program"]), dict(order["answers"])
kernel.forbid_new_privileges()
listener = seccomp.load(program)
command = os.posix_spawn(order["argv"][0], order["argv"], {"PATH": os.defpath, "HOME": "/"})
ended = os.pidfd_open(command)
poll = select.poll()
for descriptor in (listener, ended):
    poll.register(descriptor, select.POLLIN)
heard = []
while True:
    ready = dict(poll.poll())
    if listener in ready:
        if order["late"] == "hear":
            os.kill(command, signal.SIGKILL)
            select.select([ended], [], [])
        asked = seccomp.hear(listener)
        heard.append(asked and asked[1:])
        if order["late"] == "answer":
            os.kill(command, signal.SIGKILL)
            select.select([ended], [], [])
        if asked:
            seccomp.refuse(listener, asked[0], answers[asked[1]])
    elif ended in ready:
        break
status = os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])
inherited = os.get_inheritable(listener)
print(json.dumps({"heard": heard, "status": status, "inherited": inherited}), file=sys.stderr)
"""

# Makes one system call, and says the number of the error.
CALL = """
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
result = libc.syscall(*(ctypes.c_long(int(word)) for word in sys.argv[1:]))
print(ctypes.get_errno() if result < 0 else 0)
"""


@dataclass(frozen=True)
class Heard:
    """How a command ended, and the names of its refused calls with their first arguments."""

    status: int
    output: str
    calls: list[tuple[str, int] | None]
    inherited: bool


def under(sockets: Sockets, *argv: str, late: str = "") -> Heard:
    """Run a command under the filter."""
    made = build(MACHINE, sockets)
    order = {"program": made.program.hex(), "answers": made.answers, "argv": argv, "late": late}
    done = subprocess.run(
        [PYTHON, "-I", "-S", "-c", LISTEN, PACKAGES, json.dumps(order)],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=50,
    )
    *errors, report = done.stderr.splitlines() or [""]
    assert done.returncode == 0, done.stderr
    told = json.loads(report)
    calls = [asked and (name_of(MACHINE, asked[0]), asked[1][0]) for asked in told["heard"]]
    return Heard(
        told["status"], "\n".join([done.stdout, *errors]).strip(), calls, told["inherited"]
    )


def call(name: str, *arguments: int, sockets: Sockets = Sockets.NONE) -> tuple[str, list[str]]:
    """The errno that a system call of a command gives, by name, and the calls that were heard."""
    words = [str(word) for word in (NUMBERS[name], *arguments, 0, 0, 0, 0, 0, 0)[:7]]
    heard = under(sockets, PYTHON, "-I", "-S", "-c", CALL, *words)
    assert heard.status == 0
    error = errno.errorcode.get(int(heard.output), "")
    return error, [asked[0] for asked in heard.calls if asked]


CLONE_FS, CLONE_NEWUSER, CLONE_NEWNET = 0x200, 0x10000000, 0x40000000
PTRACE_TRACEME, TIOCSTI, KEYCTL_JOIN_SESSION_KEYRING = 0, 0x5412, 1
AF_UNIX, AF_INET, AF_NETLINK, AF_PACKET, AF_VSOCK = 1, 2, 16, 17, 40
STREAM, DGRAM, RAW, SEQPACKET = 1, 2, 3, 5


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("socket", (AF_INET, STREAM), "EACCES"),
        ("socket", (AF_UNIX, STREAM), "EACCES"),
        ("socketpair", (AF_UNIX, DGRAM), "EACCES"),
        ("unshare", (CLONE_NEWUSER,), "EPERM"),
        ("clone", (CLONE_NEWNET | signal.SIGCHLD,), "EPERM"),
        ("setns", (0, 0), "EPERM"),
        ("mount", (0, 0, 0, 0, 0), "EPERM"),
        ("open_tree", (0, 0, 0), "EPERM"),
        ("ptrace", (PTRACE_TRACEME,), "EPERM"),
        ("process_vm_readv", (1, 0, 0, 0, 0), "EPERM"),
        ("pidfd_getfd", (0, 0, 0), "EPERM"),
        ("io_uring_setup", (1, 0), "ENOSYS"),
        ("bpf", (0, 0, 0), "EPERM"),
        ("keyctl", (KEYCTL_JOIN_SESSION_KEYRING, 0), "EPERM"),
        ("perf_event_open", (0, 0, -1, -1), "EPERM"),
        ("name_to_handle_at", (0, 0, 0, 0, 0), "ENOTSUP"),
        ("ioctl", (0, TIOCSTI, 0), "EPERM"),
        ("ioctl", (0, TIOCSTI | 1 << 32, 0), "EPERM"),
    ],
)
def test_a_refused_call_fails_and_is_heard(
    name: str, arguments: tuple[int, ...], error: str
) -> None:
    assert call(name, *arguments) == (error, [name])


@pytest.mark.parametrize(("family", "kind"), [(AF_UNIX, STREAM), (AF_PACKET, RAW)])
def test_the_internet_is_no_way_to_other_sockets(family: int, kind: int) -> None:
    refused = ("EACCES", ["socket"])
    assert call("socket", family, kind, sockets=Sockets.INTERNET) == refused


def test_a_virtual_machine_is_not_the_internet() -> None:
    refused = ("EACCES", ["socket"])
    assert call("socket", AF_VSOCK, STREAM, sockets=Sockets.INTERNET) == refused
    assert call("socket", AF_VSOCK, STREAM, sockets=Sockets.ALL) == refused


@pytest.mark.parametrize(
    ("name", "arguments", "sockets", "error"),
    [
        ("unshare", (CLONE_FS,), Sockets.NONE, ""),
        ("socket", (AF_INET, DGRAM), Sockets.INTERNET, ""),
        ("socket", (AF_NETLINK, RAW, 0), Sockets.INTERNET, ""),
        ("socket", (AF_UNIX, STREAM), Sockets.ALL, ""),
        # The kernel's own word, since there is no place for the two descriptors.
        ("socketpair", (AF_UNIX, SEQPACKET, 0, 0), Sockets.NONE, "EFAULT"),
    ],
)
def test_an_allowed_call_is_not_heard(
    name: str, arguments: tuple[int, ...], sockets: Sockets, error: str
) -> None:
    assert call(name, *arguments, sockets=sockets) == (error, [])


def test_what_programs_try_all_the_time_is_answered_at_once() -> None:
    assert call("clone3", 0, 0) == ("ENOSYS", [])


@pytest.mark.parametrize("sockets", [Sockets.NONE, Sockets.INTERNET])
@pytest.mark.parametrize(
    ("argv", "output"),
    [
        (["sh", "-c", "seq 1000 | sort -n | tail -1; (echo a) & wait"], "1000\na"),
        (["git", "hash-object", "--stdin"], "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
        (
            [
                PYTHON,
                "-c",
                "import asyncio, subprocess, threading\n"
                "work = lambda: subprocess.run(['echo', 'a'])\n"
                "threads = [threading.Thread(target=work) for _ in range(3)]\n"
                "[thread.start() for thread in threads]\n"
                "[thread.join() for thread in threads]\n"
                "asyncio.run(asyncio.to_thread(work))",
            ],
            "a\na\na\na",
        ),
        (
            [
                "node",
                "-e",
                "require('fs').readFile('/dev/null', () => console.log("
                "require('child_process').execSync('echo a').toString().trim()))",
            ],
            "a",
        ),
        (["java", "-version"], None),
    ],
    ids=lambda value: Path(value[0]).name if isinstance(value, list) else "",
)
def test_ordinary_programs_work(argv: list[str], output: str | None, sockets: Sockets) -> None:
    program = shutil.which(argv[0])
    if program is None:
        assert argv[0] in {"node", "java"}, f"{argv[0]} is needed"
        return
    heard = under(sockets, program, *argv[1:])
    assert heard.status == 0, heard.output
    assert output is None or heard.output == output


def test_the_internet_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        script = (
            "import socket, sys\n"
            "with socket.create_connection(('localhost', int(sys.argv[1]))) as peer:\n"
            "    print(peer.getpeername()[0])\n"
        )
        port = str(server.getsockname()[1])
        heard = under(Sockets.INTERNET, PYTHON, "-c", script, port)
    assert (heard.status, heard.output) == (0, "127.0.0.1")


def test_a_path_cannot_be_reached_by_a_pair_of_sockets(tmp_path: Path) -> None:
    """Datagrams of a pair can go to any address, such as that of the system's log."""
    script = (
        "import socket, sys\n"
        "one, two = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
        "one.sendto(b'leak', sys.argv[1])\n"
    )
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(str(tmp_path / "log"))
        log.setblocking(False)
        heard = under(Sockets.INTERNET, PYTHON, "-c", script, str(tmp_path / "log"))
        with pytest.raises(BlockingIOError):
            log.recv(100)
    assert "PermissionError" in heard.output


@pytest.mark.parametrize(("late", "calls"), [("hear", [None]), ("answer", [("socket", AF_INET)])])
def test_an_asker_may_die_before_the_answer(late: str, calls: list[object]) -> None:
    words = [str(word) for word in (NUMBERS["socket"], AF_INET, STREAM, 0)]
    heard = under(Sockets.NONE, PYTHON, "-I", "-S", "-c", CALL, *words, late=late)
    assert (heard.status, heard.calls) == (-signal.SIGKILL, calls)


def test_a_command_does_not_have_the_listener() -> None:
    script = "for entry in /proc/self/fd/*; do readlink $entry; done; true"
    heard = under(Sockets.NONE, "/bin/sh", "-c", script)
    assert heard.inherited is False
    assert "pipe:" in heard.output
    assert "seccomp" not in heard.output


def filtered(script: str, *arguments: str) -> str:
    """What a script says that begins with `seccomp` and `kernel` of the zygote at hand."""
    start = (
        "import ctypes, errno, os, resource, socket, sys\n"
        "sys.path.append(sys.argv[1])\n"
        "from zygote import kernel, seccomp\n"
        "programs = [bytes.fromhex(word) for word in sys.argv[2:5]]\n"
    )
    made = build(MACHINE, Sockets.NONE)
    programs = [program.hex() for program in (made.program, made.unheard, made.strangers)]
    done = subprocess.run(
        [PYTHON, "-I", "-S", "-c", start + script, PACKAGES, *programs, *arguments],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=50,
    )
    return (done.stdout + done.stderr).strip()


TRY_A_SOCKET = """
try:
    socket.socket()
except OSError as error:
    print(errno.errorcode[error.errno])
"""


def test_a_filter_needs_no_new_privileges_even_for_root() -> None:
    script = "os.geteuid() or os.setresuid(65534, 65534, 65534)\nseccomp.load(programs[0])\n"
    assert "PermissionError" in filtered(script)


def test_a_second_listener_is_refused_and_not_needed() -> None:
    script = (
        "kernel.forbid_new_privileges()\n"
        "seccomp.load(bytes.fromhex('0600000000 00ff7f'))\n"  # allows everything
        "try:\n    seccomp.load(programs[0])\n"
        "except OSError as error:\n    print(errno.errorcode[error.errno])\n"
        "seccomp.load_unheard(programs[1])\n" + TRY_A_SOCKET
    )
    assert filtered(script) == "EBUSY\nEACCES"


def test_without_a_listener_that_lives_nothing_is_allowed() -> None:
    """The loader ends, and what it started tries only then."""
    script = (
        "reader, writer = os.pipe()\n"
        "kernel.forbid_new_privileges()\n"
        "listener = seccomp.load(programs[0])\n"
        "if os.fork():\n    os._exit(0)\n"
        "os.close(listener)\n"
        "os.close(writer)\n"
        "os.read(reader, 1)\n" + TRY_A_SOCKET
    )
    assert filtered(script) == "ENOSYS"


def test_the_limits_of_others_stay_as_they_are() -> None:
    script = (
        "kernel.forbid_new_privileges()\n"
        "seccomp.load_unheard(programs[2])\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
        "print(resource.prlimit(os.getppid(), resource.RLIMIT_CPU) is not None)\n"
        "resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))\n"
    )
    said = filtered(script)
    assert said.startswith("True\n")
    assert said.endswith("PermissionError: [Errno 1] Operation not permitted")
