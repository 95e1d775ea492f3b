"""The limits of a cgroup, on the real hierarchies of this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from handrail.process.cgroup import ZYGOTE_BYTES, ZYGOTE_PIDS, Cgroups, Group

# Where no groups can be made, pytest finds no test here; that it is said why, test_hierarchy has.
__test__ = isinstance(Cgroups.find(), Cgroups)

MIB = 1 << 20

EAT = f"held = bytearray({200 * MIB})"
FORK = """
import errno, os, signal
forked = []
try:
    while len(forked) < 99:
        forked.append(os.fork())
        if not forked[-1]:
            signal.pause()
except OSError as error:
    print(len(forked), errno.errorcode[error.errno], flush=True)
for pid in forked:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
"""


@pytest.fixture
def cgroups() -> Cgroups:
    found = Cgroups.find()
    assert isinstance(found, Cgroups)
    assert folders() == []  # nothing is left of the trial
    return found


@pytest.fixture
def group(cgroups: Cgroups) -> Iterator[Group]:
    group = cgroups.make("test")
    yield group
    group.remove()
    assert folders() == []


def folders() -> list[Path]:
    """The cgroups that this process has made, wherever they are."""
    return list(Path("/sys/fs/cgroup").rglob(f"handrail-{os.getpid()}-*"))


@contextmanager
def inside(group: Group, code: str) -> Iterator[subprocess.Popen[str]]:
    """Python that runs `code` once it has been moved in and is told to."""
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", f"input()\n{code}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            group.enter(process.pid)
            yield process
        finally:
            process.kill()


def run_in(group: Group, code: str) -> tuple[int, str]:
    with inside(group, code) as process:
        said, _ = process.communicate("\n")
    return process.returncode, said


def test_who_eats_too_much_is_killed(group: Group) -> None:
    group.limit(64 * MIB, 0)
    assert (run_in(group, EAT), group.oom_kills()) == ((-signal.SIGKILL, ""), 1)
    assert (run_in(group, EAT), group.oom_kills()) == ((-signal.SIGKILL, ""), 2)
    assert group.pids_refused() == 0


def test_who_eats_less_is_not(group: Group) -> None:
    group.limit(400 * MIB, 0)
    assert (run_in(group, EAT), group.oom_kills()) == ((0, ""), 0)


def test_memory_of_many_counts_together(group: Group) -> None:
    group.limit(100 * MIB, 0)
    code = f"import os\nfor _ in range(3): os.fork()\nheld = bytearray({30 * MIB})\ninput()"
    run_in(group, code)
    assert group.oom_kills() > 0


def test_the_first_process_outlives_what_it_started(group: Group) -> None:
    """As a zygote does its command."""
    group.limit(64 * MIB, 0)
    code = f"import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', {EAT!r}]))"
    returned, said = run_in(group, code)
    assert (returned, "returncode=-9" in said, group.oom_kills()) == (0, True, 1)


def test_too_many_processes_are_refused(group: Group) -> None:
    group.limit(0, 5)
    # The first process is one of them.
    assert run_in(group, FORK) == (0, f"{5 + ZYGOTE_PIDS - 1} EAGAIN\n")
    assert (group.pids_refused(), group.oom_kills()) == (1, 0)


def test_limits_can_be_changed_and_lifted(group: Group) -> None:
    group.limit(64 * MIB, 5)
    group.limit(300 * MIB, 120)
    assert run_in(group, EAT) == (0, "")
    assert run_in(group, FORK) == (0, "")
    group.limit(32 * MIB, 5)
    assert run_in(group, EAT) == (-signal.SIGKILL, "")
    group.limit(0, 0)
    assert run_in(group, EAT) == (0, "")
    assert run_in(group, FORK) == (0, "")


def test_the_share_of_the_zygote_is_added(group: Group) -> None:
    group.limit(200 * MIB - ZYGOTE_BYTES // 2, 0)
    assert run_in(group, EAT) == (0, "")


def test_removing_a_group_kills_nobody(cgroups: Cgroups) -> None:
    group = cgroups.make("busy")
    with inside(group, "print('alive')") as process:
        group.remove()
        assert folders() != []
        assert process.communicate("\n")[0] == "alive\n"
    group.remove()
    assert folders() == []
    group.remove()


def test_what_an_earlier_server_left_is_removed(cgroups: Cgroups) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        dead.wait()
    ours = cgroups.make("1")
    left = [path.with_name(f"handrail-{dead.pid}-1") for path in folders()]
    for path in left:
        path.mkdir()
    Cgroups.find()
    assert [path.exists() for path in left] == [False] * len(left)
    assert len(folders()) == len(left)
    ours.remove()


def test_a_group_that_bears_our_number_already_is_replaced(cgroups: Cgroups) -> None:
    first = cgroups.make("1")
    first.limit(MIB, 1)
    second = cgroups.make("1")
    assert run_in(second, EAT) == (0, "")
    first.remove()
    second.remove()
    assert folders() == []
