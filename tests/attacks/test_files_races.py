"""Files tools open nothing outside, while another process exchanges the way there all the time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pytest

from handrail.process.zygote.beneath import open_beneath, walk_beneath
from handrail.spec.files import Operation
from handrail.spec.server import Tier
from handrail.systems.files import tree as module
from handrail.systems.files.read import read
from handrail.systems.files.refused import Refused
from handrail.systems.files.setting import Setting
from handrail.systems.files.stat import stat
from handrail.systems.files.tree import Tree
from tests.attacks.files_server import HIDDEN, outcome, serving
from tests.attacks.test_symlink_race import (
    INSIDE,
    MOST_SECONDS,
    SECRET,
    Race,
    a_folder_moved_out,
    a_link_for_a_file,
    a_link_for_a_folder,
    moving,
)

Make = Callable[[Path], Race]
TIMES = [10_000, pytest.param(100_000, marks=pytest.mark.nightly)]


# Removes what is at argv[1] and makes a link to argv[2] of its name, then turns it back: there
# are moments without either. Says by "0" that the first link was there.
MAKER = """
import os, shutil, sys
door, target, kind = sys.argv[1:]
said = False
while True:
    shutil.rmtree(door) if kind == "folder" else os.unlink(door)
    os.symlink(target, door)
    said = said or not print(0, flush=True)
    os.unlink(door)
    if kind == "folder":
        os.mkdir(door)
    with open(f"{door}/secret" if kind == "folder" else door, "w") as file:
        file.write("inside")
"""


def a_file_removed_for_a_link(base: Path) -> Race:
    race = a_link_for_a_file(base)
    return Race(race.workspace, race.path, race.one, base / "secret")


def a_folder_removed_for_a_link(base: Path) -> Race:
    race = a_link_for_a_folder(base)
    return Race(race.workspace, race.path, race.one, base)


@contextmanager
def making(race: Race) -> Iterator[None]:
    """Another process removes and makes things meanwhile, as fast as it can."""
    kind = "folder" if race.one.is_dir() else "file"
    with subprocess.Popen(
        [sys.executable, "-c", MAKER, str(race.one), str(race.other), kind], stdout=subprocess.PIPE
    ) as maker:
        try:
            assert maker.stdout is not None
            assert maker.stdout.readline() == b"0\n"
            yield
        finally:
            maker.kill()


RACES = [
    (a_link_for_a_file, moving),
    (a_link_for_a_folder, moving),
    (a_folder_moved_out, moving),
    (a_file_removed_for_a_link, making),
    (a_folder_removed_for_a_link, making),
]
Meanwhile = Callable[[Race], AbstractContextManager[None]]
Use = Callable[[Setting, str], str]


def opened(setting: Setting, path: str) -> str:
    """What is read of what a tree opens."""
    descriptor, _ = setting.tree.open(path)
    try:
        return os.read(descriptor, 99).decode()
    finally:
        os.close(descriptor)


def texts(setting: Setting, path: str) -> str:
    """What the operation `read` says, and where it says that it has it from."""
    given = {"path": path, "limit": 2000, "encoding": "auto", "format": "auto"}
    answer = read(setting, given)
    assert ".." not in str(answer["path"])
    return str(answer["text"])


def hashes(setting: Setting, path: str) -> str:
    """The content by the hash that the operation `stat` says."""
    answer = stat(setting, {"path": path, "hash": True})
    return {hashed(INSIDE): INSIDE, hashed(SECRET): SECRET}.get(str(answer["hash"]), "")


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def seen(use: Callable[[], str], times: int) -> Counter[str]:
    """What so many uses came to: a content, or the code of a refusal.

    It goes on until it has seen what is inside, and a refusal: otherwise there was no race.
    """
    results: Counter[str] = Counter()
    deadline = time.monotonic() + MOST_SECONDS
    while results.total() < times or not results[INSIDE] or len(results) < 2:
        assert time.monotonic() < deadline, f"no race: {results}"
        for _ in range(100):
            results[_result(use)] += 1
    return results


def _result(use: Callable[[], str]) -> str:
    try:
        return use()
    except Refused as refused:
        return str(refused.told["code"])


@pytest.fixture(params=[open_beneath, walk_beneath])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """By openat2(2), and by the walk that stands in for it."""
    monkeypatch.setattr(module, "open_beneath", request.param)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("use", [opened, texts, hashes])
@pytest.mark.parametrize(("make", "meanwhile"), RACES)
def test_no_race_opens_what_is_outside(
    tmp_path: Path, make: Make, meanwhile: Meanwhile, use: Use, times: int
) -> None:
    race = make(tmp_path)
    root = os.open(race.workspace, os.O_PATH)
    setting = Setting(Tree(root), time.monotonic() + 3600)
    with meanwhile(race):
        results = seen(partial(use, setting, race.path), times)
    os.close(root)
    assert results[SECRET] == 0


@pytest.mark.parametrize(
    "tier", [Tier.RLIMITS, pytest.param(Tier.LANDLOCK, marks=pytest.mark.nightly)]
)
@pytest.mark.parametrize("make", [a_link_for_a_file, a_link_for_a_folder, a_folder_moved_out])
def test_no_race_reads_it_through_a_server_either(tmp_path: Path, make: Make, tier: Tier) -> None:
    race = make(tmp_path)
    (race.workspace / HIDDEN).write_text("held")
    results: Counter[str] = Counter()
    with serving(tmp_path, tier, Operation.READ) as call, moving(race):
        for _ in range(300):
            answer = call("t_read", {"path": race.path})
            text = answer["result"]["structuredContent"].get("text")
            results[outcome(answer) if text is None else text] += 1
    assert results[SECRET] == 0
    assert results[INSIDE] > 0, results
