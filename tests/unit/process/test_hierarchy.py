"""Where in the tree of cgroups a server may make its own, on a real hierarchy.

The tests of version 2 need one that has controllers, so each machine runs its own half.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.process.cgroup import Cgroups
from handrail.process.hierarchy import UNIFIED, hand_down, own_group

ROOT = Path(__file__).parents[3]
ENVIRONMENT = {**os.environ, "PYTHONPATH": ":".join([str(ROOT / "src"), *sys.path])}
NOBODY = 65534
UNIFIED_GROUP = own_group(UNIFIED)
HAS_VERSION_1 = own_group("memory") is not None and own_group("pids") is not None


def test_our_own_group_is_where_the_kernel_lists_us() -> None:
    for name in ("memory", "pids", UNIFIED):
        folder = own_group(name)
        if folder is not None:
            assert str(os.getpid()) in (folder / "cgroup.procs").read_text().split()
    assert own_group("no such controller") is None


if HAS_VERSION_1 and UNIFIED_GROUP is not None:

    def test_version_2_without_controllers_says_so() -> None:
        assert UNIFIED_GROUP is not None
        said = hand_down(UNIFIED_GROUP, "leaf")
        assert said == f"the cgroup {UNIFIED_GROUP} was not given the controllers memory and pids"


if not HAS_VERSION_1 and UNIFIED_GROUP is not None:
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
