"""What is opened below a folder stays below it, while another process exchanges the way there."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from handrail.process.outcome import Exited
from handrail.process.zygote.beneath import open_beneath, walk_beneath
from handrail.spec.server import Tier
from tests.attacks.arena import arena
from tests.running import said

INSIDE, SECRET = "inside", "secret"
MOST_SECONDS = 50.0
_EXCHANGE = 2  # renameat2(2): both names stay, and change what they name

# Says by "0" that the first renaming worked, and goes on until it is killed.
MOVER = """
import ctypes, os, sys
rename, here = ctypes.CDLL(None, use_errno=True).renameat2, -100
one, other, flags = os.fsencode(sys.argv[1]), os.fsencode(sys.argv[2]), int(sys.argv[3])
print(rename(here, one, here, other, flags), flush=True)
while True:
    rename(here, other, here, one, flags)
    rename(here, one, here, other, flags)
"""


@dataclass(frozen=True)
class Race:
    """`path` is opened from `workspace` while `one` and `other` change places all the time."""

    workspace: Path
    path: str
    one: Path
    other: Path
    flags: int = _EXCHANGE


def a_link_for_a_file(base: Path) -> Race:
    workspace = _furnish(base)
    (workspace / "door").write_text(INSIDE)
    (workspace / "way_out").symlink_to("../secret")
    return Race(workspace, "door", workspace / "door", workspace / "way_out")


def a_link_for_a_folder(base: Path) -> Race:
    workspace = _furnish(base)
    (workspace / "room").mkdir()
    (workspace / "room" / "secret").write_text(INSIDE)
    (workspace / "way_out").symlink_to("..")
    return Race(workspace, "room/secret", workspace / "room", workspace / "way_out")


def a_folder_moved_out(base: Path) -> Race:
    """Whoever is in it while it moves, and goes up twice, is outside."""
    workspace = _furnish(base)
    (workspace / "deep" / "room").mkdir(parents=True)
    (workspace / "secret").write_text(INSIDE)
    (base / "attic").mkdir()
    here, there = workspace / "deep" / "room", base / "attic" / "room"
    return Race(workspace, "deep/room/../../secret", here, there, flags=0)


def _furnish(base: Path) -> Path:
    (base / "secret").write_text(SECRET)
    workspace = base / "ws"
    workspace.mkdir()
    return workspace


@contextmanager
def moving(race: Race) -> Iterator[None]:
    """Another process moves things about meanwhile, as fast as it can."""
    with subprocess.Popen(
        [sys.executable, "-c", MOVER, str(race.one), str(race.other), str(race.flags)],
        stdout=subprocess.PIPE,
    ) as mover:
        try:
            assert mover.stdout is not None
            assert mover.stdout.readline() == b"0\n"
            yield
        finally:
            mover.kill()


def seen(open_: Callable[[], int], times: int) -> Counter[str]:
    """What so many openings came to: a content, or the name of an error.

    It goes on until it has seen the file and a refusal: without both there was no race.
    """
    results: Counter[str] = Counter()
    deadline = time.monotonic() + MOST_SECONDS
    while results.total() < times or len(results) < 2:
        assert time.monotonic() < deadline, f"no race: {results}"
        for _ in range(1000):
            results[_result(open_)] += 1
    return results


def _result(open_: Callable[[], int]) -> str:
    try:
        descriptor = open_()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    try:
        return os.read(descriptor, 99).decode()
    finally:
        os.close(descriptor)


@pytest.mark.parametrize(("open_", "times"), [(open_beneath, 100_000), (walk_beneath, 20_000)])
@pytest.mark.parametrize("race", [a_link_for_a_file, a_link_for_a_folder, a_folder_moved_out])
def test_nothing_outside_is_opened(
    tmp_path: Path,
    race: Callable[[Path], Race],
    open_: Callable[[int, bytes, int], int],
    times: int,
) -> None:
    ready = race(tmp_path)
    root = os.open(ready.workspace, os.O_PATH)
    with moving(ready):
        results = seen(partial(open_, root, os.fsencode(ready.path), os.O_RDONLY), times)
    os.close(root)
    assert results[SECRET] == 0
    assert results[INSIDE] > 0


def look_and_open(race: Race, meanwhile: Callable[[], object] = lambda: None) -> int:
    """The way that loses: see where the path leads, then open it.

    In the race of a link for a file, it was seen to open the secret 1,788 times of 10,000.
    """
    path = race.workspace / race.path
    if not path.resolve().is_relative_to(race.workspace):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    meanwhile()
    return os.open(path, os.O_RDONLY)


@pytest.mark.parametrize("race", [a_link_for_a_file, a_link_for_a_folder])
def test_to_look_and_then_open_can_be_raced(tmp_path: Path, race: Callable[[Path], Race]) -> None:
    """The races above can be lost: here the exchange comes at the worst moment for certain."""
    ready = race(tmp_path)

    def exchange() -> None:
        ready.one.rename(tmp_path / "aside")
        ready.other.rename(ready.one)

    assert _result(partial(look_and_open, ready, exchange)) == SECRET


# What so many openings by a command came to, as JSON; see `seen`.
OPENER = """
import collections, errno, json, os, sys
path, times = sys.argv[1], int(sys.argv[2])
results = collections.Counter()
while sum(results.values()) < times or len(results) < 2:
    for _ in range(1000):
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except OSError as error:
            results[errno.errorcode[error.errno]] += 1
        else:
            results[os.read(descriptor, 99).decode()] += 1
            os.close(descriptor)
print(json.dumps(results))
"""


async def opened_by_a_command(tier: Tier, race: Race, times: int) -> Counter[str]:
    """What a command saw that opened the path so often."""
    async with arena(tier, race.workspace) as scene:
        argv = ["/usr/bin/python3", "-I", "-S", "-c", OPENER, race.path, str(times)]
        with moving(race):
            outcome = await scene.run(argv, wall_seconds=MOST_SECONDS)
        stdout, _ = said(outcome)
        assert outcome.ending == Exited(0)
        return Counter(json.loads(stdout))


@pytest.mark.parametrize("tier", [Tier.NAMESPACES, Tier.LANDLOCK])
@pytest.mark.parametrize("race", [a_link_for_a_file, a_link_for_a_folder])
async def test_a_command_opens_nothing_outside_either(
    tmp_path: Path, race: Callable[[Path], Race], tier: Tier
) -> None:
    """The kernel judges what was opened, not the way there: there is no moment to be raced."""
    results = await opened_by_a_command(tier, race(tmp_path), 100_000)
    assert results[SECRET] == 0
    assert results[INSIDE] > 0


async def test_where_files_are_not_confined_it_does(tmp_path: Path) -> None:
    results = await opened_by_a_command(Tier.RLIMITS, a_link_for_a_file(tmp_path), 1000)
    assert results[SECRET] > 0
