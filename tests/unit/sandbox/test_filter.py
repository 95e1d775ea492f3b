"""What the filter says to each call, by running it as the kernel would."""

from __future__ import annotations

import errno
import itertools
import signal
import socket
import stat
import struct

import pytest

from handrail.errors import ConfinementUnavailable
from handrail.sandbox.filter import Sockets, build, name_of
from handrail.sandbox.syscalls import NEWEST, table

MACHINES = ["x86_64", "aarch64"]
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7, "i386": 0x40000003}
# read, write, openat, close, mmap, execve, wait4, futex, exit_group, kill, prctl, personality,
# seccomp, landlock_restrict_self, openat2, connect.
ORDINARY = {
    "x86_64": [0, 1, 257, 3, 9, 59, 61, 202, 231, 62, 157, 135, 317, 446, 437, 42],
    "aarch64": [63, 64, 56, 57, 222, 221, 260, 98, 94, 129, 167, 92, 277, 446, 437, 203],
}
# By name, apart from those whose arguments decide.
NEVER = (
    "setns mount umount2 pivot_root chroot fsopen fsconfig fsmount fspick open_tree"
    " open_tree_attr move_mount mount_setattr ptrace process_vm_readv process_vm_writev"
    " pidfd_getfd kcmp bpf perf_event_open userfaultfd io_uring_setup io_uring_enter"
    " io_uring_register keyctl add_key request_key kexec_load kexec_file_load init_module"
    " finit_module delete_module open_by_handle_at name_to_handle_at swapon swapoff reboot acct"
    " syslog quotactl quotactl_fd vhangup fanotify_init settimeofday clock_settime"
    " lookup_dcookie sethostname setdomainname"
)
X86_ONLY = " iopl ioperm modify_ldt"
CLONE_NEW = [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000]
CLONE_NEWTIME = 0x80
OF_A_FORK = signal.SIGCHLD | 0x01200000  # glibc's: CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID
OF_A_THREAD = 0x3D0F00  # glibc's: memory, files, signals and more shared
OF_A_SPAWN = signal.SIGCHLD | 0x4100  # CLONE_VFORK, CLONE_VM
UNIX, INET, INET6, NETLINK, PACKET, VSOCK = 1, 2, 10, 16, 17, 40
STREAM, DGRAM, RAW, SEQPACKET, SOCK_PACKET = 1, 2, 3, 5, 10
CLOEXEC = 0x80000

LOAD, AND, JUMP, IF_EQUAL, IF_AT_LEAST, RETURN = 0x20, 0x54, 0x05, 0x15, 0x35, 0x06
ALLOWED, HEARD, KILLED = "allowed", "heard", "killed"
ACTIONS = {0x7FFF0000: ALLOWED, 0x7FC00000: HEARD, 0x80000000: KILLED}


def instructions(program: bytes) -> list[tuple[int, int, int, int]]:
    return list(struct.iter_unpack("=HBBI", program))


def run(program: bytes, architecture: int, number: int, *arguments: int) -> str | int:
    """What the program returns: an action, or the errno that the call fails with."""
    return steps_of(program, architecture, number, *arguments)[0]


def steps_of(
    program: bytes, architecture: int, number: int, *arguments: int
) -> tuple[str | int, int]:
    """The same, and after how many instructions."""
    six = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("<IIQ6Q", number, architecture, 0, *six)
    code = instructions(program)
    at, word = 0, 0
    for steps in itertools.count(1):
        operation, passed, failed, value = code[at]
        at += 1
        if operation == LOAD:
            (word,) = struct.unpack_from("<I", data, value)
        elif operation == AND:
            word &= value
        elif operation == JUMP:
            at += value
        elif operation == IF_EQUAL:
            at += passed if word == value else failed
        elif operation == IF_AT_LEAST:
            at += passed if word >= value else failed
        elif operation == RETURN:
            return ACTIONS.get(value, value & 0xFFFF), steps
    pytest.fail("no program is endless")


def said(machine: str, name: str | int, *arguments: int, sockets: Sockets = Sockets.NONE) -> object:
    number = name if isinstance(name, int) else table(machine).numbers[name]
    return run(build(machine, sockets).program, ARCHITECTURES[machine], number, *arguments)


def never(machine: str) -> list[str]:
    return (NEVER + X86_ONLY if machine == "x86_64" else NEVER).split()


@pytest.mark.parametrize("machine", MACHINES)
def test_ordinary_calls_are_allowed(machine: str) -> None:
    assert {said(machine, number) for number in ORDINARY[machine]} == {ALLOWED}


@pytest.mark.parametrize("machine", MACHINES)
def test_what_no_command_may_do_is_refused_and_heard(machine: str) -> None:
    assert [name for name in never(machine) if said(machine, name) != HEARD] == []


@pytest.mark.parametrize("machine", MACHINES)
def test_only_what_is_named_is_refused(machine: str) -> None:
    names = [*never(machine), "clone3", "socket", "socketpair"]
    refused = {number for number in range(NEWEST + 1) if said(machine, number) != ALLOWED}
    assert refused == {table(machine).numbers[name] for name in names}


@pytest.mark.parametrize("machine", MACHINES)
def test_another_architecture_ends_the_process(machine: str) -> None:
    others = {name: value for name, value in ARCHITECTURES.items() if name != machine}
    made = build(machine, Sockets.ALL)
    for program in (made.program, made.unheard, made.strangers):
        assert {run(program, other, 0) for other in others.values()} == {KILLED}


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_that_nobody_judged_do_not_exist(machine: str) -> None:
    x32 = [0x40000000 | number for number in (0, 41, 56, 520)]
    unknown = [NEWEST + 1, 512, 1023, *x32, 0xFFFFFFFF]
    assert {said(machine, number) for number in unknown} == {errno.ENOSYS}


@pytest.mark.parametrize("machine", MACHINES)
def test_processes_and_threads_start_but_no_namespace(machine: str) -> None:
    assert said(machine, "clone3") == errno.ENOSYS
    for flags in (OF_A_FORK, OF_A_THREAD, OF_A_SPAWN):
        assert said(machine, "clone", flags) == ALLOWED
        assert {said(machine, "clone", flags | new) for new in CLONE_NEW} == {HEARD}


@pytest.mark.parametrize("machine", MACHINES)
def test_unsharing_is_allowed_unless_it_makes_a_namespace(machine: str) -> None:
    files_and_directory = 0x400 | 0x200
    assert said(machine, "unshare", files_and_directory) == ALLOWED
    for new in (*CLONE_NEW, CLONE_NEWTIME):
        assert said(machine, "unshare", files_and_directory | new) == HEARD


@pytest.mark.parametrize("machine", MACHINES)
def test_nothing_is_typed_into_a_terminal(machine: str) -> None:
    tiocsti, tioclinux, tiocgwinsz = 0x5412, 0x541C, 0x5413
    high = 0x1_0000_0000  # the kernel ignores the upper half, so it must not hide the lower
    assert said(machine, "ioctl", 0, tiocgwinsz) == ALLOWED
    assert {said(machine, "ioctl", 0, r | h) for r in (tiocsti, tioclinux) for h in (0, high)} == {
        HEARD
    }


@pytest.mark.parametrize("machine", MACHINES)
def test_no_device_is_made(machine: str) -> None:
    for kind in (stat.S_IFCHR, stat.S_IFBLK):
        assert said(machine, "mknodat", 0, 0, kind | 0o666) == HEARD
    for kind in (stat.S_IFREG, stat.S_IFIFO, stat.S_IFSOCK, 0):
        assert said(machine, "mknodat", 0, 0, kind | 0o666) == ALLOWED


def test_no_device_is_made_by_the_older_call() -> None:
    assert said("x86_64", "mknod", 0, stat.S_IFBLK | 0o666) == HEARD
    assert said("x86_64", "mknod", 0, stat.S_IFIFO | 0o666) == ALLOWED


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("arguments", "allowed_by"),
    [
        ((UNIX, STREAM), {Sockets.ALL}),
        ((UNIX, DGRAM | CLOEXEC), {Sockets.ALL}),
        ((INET, STREAM), {Sockets.INTERNET, Sockets.ALL}),
        ((INET, DGRAM | CLOEXEC, 17), {Sockets.INTERNET, Sockets.ALL}),
        ((INET6, STREAM | CLOEXEC, 6), {Sockets.INTERNET, Sockets.ALL}),
        ((INET | 1 << 32, STREAM), {Sockets.INTERNET, Sockets.ALL}),
        ((INET, RAW, 1), set()),
        ((INET6, RAW | CLOEXEC, 58), set()),
        ((INET, SOCK_PACKET), set()),
        ((NETLINK, RAW | CLOEXEC, 0), {Sockets.INTERNET, Sockets.ALL}),
        ((NETLINK, RAW, 9), set()),
        ((PACKET, RAW), set()),
        ((VSOCK, STREAM), set()),
        ((0, STREAM), set()),
        ((38, SEQPACKET), set()),
    ],
)
def test_sockets_by_family(machine: str, arguments: tuple[int, ...], allowed_by: object) -> None:
    allowed = {s for s in Sockets if said(machine, "socket", *arguments, sockets=s) == ALLOWED}
    refused = {s for s in Sockets if said(machine, "socket", *arguments, sockets=s) == HEARD}
    assert (allowed, allowed | refused) == (allowed_by, set(Sockets))


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("family", "kind", "allowed_by"),
    [
        (UNIX, STREAM | CLOEXEC, set(Sockets)),
        (UNIX, SEQPACKET, set(Sockets)),
        (UNIX, DGRAM, {Sockets.ALL}),
        (UNIX, RAW, {Sockets.ALL}),
        (30, STREAM, set()),
    ],
)
def test_pairs_of_sockets(machine: str, family: int, kind: int, allowed_by: object) -> None:
    allowed = {s for s in Sockets if said(machine, "socketpair", family, kind, sockets=s) != HEARD}
    assert allowed == allowed_by


def test_the_families_are_those_of_the_system() -> None:
    assert (UNIX, INET, INET6, NETLINK, PACKET, VSOCK) == (
        socket.AF_UNIX,
        socket.AF_INET,
        socket.AF_INET6,
        socket.AF_NETLINK,
        socket.AF_PACKET,
        socket.AF_VSOCK,
    )


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("sockets", list(Sockets))
def test_there_is_an_answer_for_each_call_that_is_heard(machine: str, sockets: Sockets) -> None:
    made = build(machine, sockets)
    numbers = table(machine).numbers
    answers = dict(made.answers)
    without = {number for number in numbers.values() if number not in answers}
    assert without == {numbers["clone3"], numbers["prlimit64"]}
    assert answers[numbers["socket"]] == errno.EACCES
    assert answers[numbers["io_uring_setup"]] == errno.ENOSYS
    assert answers[numbers["ptrace"]] == errno.EPERM


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("sockets", list(Sockets))
def test_without_a_listener_the_same_calls_fail_with_the_same_answers(
    machine: str, sockets: Sockets
) -> None:
    made = build(machine, sockets)
    answers = dict(made.answers)
    arguments = [(), (1, 1), (2, 1), (16, 3), (0x10000000, 0x5412), (0, 0x2000, 0x6000)]
    for number in [*range(NEWEST + 2), 0x40000000]:
        for given in arguments:
            heard, unheard = (
                run(program, ARCHITECTURES[machine], number, *given)
                for program in (made.program, made.unheard)
            )
            assert unheard == (answers[number] if heard == HEARD else heard)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_limits_of_other_processes_stay_as_they_are(machine: str) -> None:
    pointer, upper_half_only, another = 0x7FFF_0000_1000, 0x7FFF_0000_0000, 77
    made, number = build(machine, Sockets.NONE), table(machine).numbers["prlimit64"]

    def changed(process: int, new: int) -> object:
        assert run(made.program, ARCHITECTURES[machine], number, process, 0, new) == ALLOWED
        return run(made.strangers, ARCHITECTURES[machine], number, process, 0, new)

    assert {changed(0, 0), changed(0, pointer), changed(another, 0)} == {ALLOWED}
    assert {changed(another, pointer), changed(another, upper_half_only)} == {errno.EPERM}


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("sockets", list(Sockets))
def test_the_kernel_would_take_it(machine: str, sockets: Sockets) -> None:
    """As bpf(4) wants it: not too long, no jump out of it, and a return at its end."""
    made = build(machine, sockets)
    for program in (made.program, made.unheard, made.strangers):
        code = instructions(program)
        assert len(code) < 4096
        for at, (operation, passed, failed, value) in enumerate(code, start=1):
            farthest = value if operation == JUMP else max(passed, failed)
            assert at + farthest < len(code) or operation == RETURN
            assert operation in {LOAD, AND, JUMP, IF_EQUAL, IF_AT_LEAST, RETURN}
        assert code[-1][0] == RETURN


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("sockets", list(Sockets))
def test_an_ordinary_call_takes_few_steps(machine: str, sockets: Sockets) -> None:
    """Where the kernel does not remember what is always allowed, each call pays for each step."""
    program = build(machine, sockets).program
    steps = [steps_of(program, ARCHITECTURES[machine], number)[1] for number in ORDINARY[machine]]
    assert max(steps) <= 4 + 7


def test_a_call_has_a_name() -> None:
    assert name_of("x86_64", 41) == "socket"
    assert name_of("aarch64", 198) == "socket"
    assert name_of("aarch64", 41) == "pivot_root"
    assert name_of("x86_64", 9999) == "system call 9999"


@pytest.mark.parametrize("machine", ["riscv64", "i686", "aarch64_be", ""])
def test_another_machine_is_refused_with_a_word(machine: str) -> None:
    with pytest.raises(ConfinementUnavailable) as refused:
        build(machine, Sockets.NONE)
    assert machine in refused.value.message
    assert "aarch64" in (refused.value.hint or "")
