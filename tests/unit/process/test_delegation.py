"""Version 2: a server may make groups where its own group is its alone, on the real hierarchy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.process.cgroup import Cgroups
from handrail.process.hierarchy import UNIFIED, own_group

FOUND = Cgroups.find()
# Where there is no version 2 with controllers, pytest finds no test here.
__test__ = isinstance(FOUND, Cgroups) and FOUND.version == 2

ROOT = Path(__file__).parents[3]
ENVIRONMENT = {**os.environ, "PYTHONPATH": ":".join([str(ROOT / "src"), *sys.path])}
NOBODY = 65534

# Starts when told to, and says where it was before, what it found, and where it is now.
SERVER = """
import os, sys
from handrail.process.cgroup import Cgroups
from handrail.process.hierarchy import UNIFIED, own_group

input()
before = own_group(UNIFIED)
if len(sys.argv) > 1:
    os.setgroups([])
    os.setgid(int(sys.argv[1]))
    os.setuid(int(sys.argv[1]))
found = [Cgroups.find(), Cgroups.find()]
for each in found:
    if isinstance(each, str):
        print(each)
    else:
        group = each.make("1")
        group.enter(os.getpid())
        print(own_group(UNIFIED).relative_to(before))
        (before / f"handrail-{os.getpid()}-server" / "cgroup.procs").write_text(str(os.getpid()))
        group.remove()
print(own_group(UNIFIED).relative_to(before))
"""


@pytest.fixture
def box() -> Iterator[Path]:
    """A group that has both controllers, to start a server in."""
    assert isinstance(Cgroups.find(), Cgroups)
    own = own_group(UNIFIED)
    assert own is not None
    beside = own.parent if own.name.startswith("handrail-") else own
    box = beside / f"box-{os.getpid()}"
    box.mkdir()
    yield box
    for inner in box.glob("*/"):
        inner.rmdir()
    box.rmdir()


def serve_in(box: Path, *arguments: str, beside: int | None = None) -> tuple[int, list[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, *arguments],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        for pid in filter(None, (server.pid, beside)):
            (box / "cgroup.procs").write_text(str(pid))
        said, _ = server.communicate("\n")
    return server.pid, said.splitlines()


def test_a_server_alone_in_its_group_moves_into_a_leaf(box: Path) -> None:
    pid, said = serve_in(box)
    assert said == [f"handrail-{pid}-1", f"handrail-{pid}-1", f"handrail-{pid}-server"]
    assert set((box / "cgroup.subtree_control").read_text().split()) == {"memory", "pids"}


def test_the_leaf_of_a_dead_server_is_removed_by_the_next(box: Path) -> None:
    with subprocess.Popen(["true"]) as dead:
        dead.wait()
    leaf = box / f"handrail-{dead.pid}-server"
    leaf.mkdir()
    serve_in(box)
    assert not leaf.exists()


def test_a_server_beside_others_leaves_all_as_it_is(box: Path) -> None:
    with subprocess.Popen(["sleep", "300"]) as other:
        _, said = serve_in(box, beside=other.pid)
        other.kill()
    assert said[0].startswith(f"the cgroup {box} holds other processes than this server")
    assert str(other.pid) in said[0]
    assert said[-1] == "."
    assert list(box.glob("*/")) == []


def test_a_group_that_was_delegated_to_a_user_is_used(box: Path) -> None:
    for file in (box, box / "cgroup.procs", box / "cgroup.subtree_control"):
        os.chown(file, NOBODY, NOBODY)
    pid, said = serve_in(box, str(NOBODY))
    assert said == [f"handrail-{pid}-1", f"handrail-{pid}-1", f"handrail-{pid}-server"]


def test_a_group_that_was_not_delegated_is_left_alone(box: Path) -> None:
    _, said = serve_in(box, str(NOBODY))
    assert said[0] == f"{box}/cgroup.subtree_control cannot be used: Permission denied"
    assert said[-1] == "."


def test_without_controllers_it_says_so(box: Path) -> None:
    inner = box / "inner"
    inner.mkdir()
    _, said = serve_in(inner)
    assert said[0] == f"the cgroup {inner} was not given the controllers memory and pids"
