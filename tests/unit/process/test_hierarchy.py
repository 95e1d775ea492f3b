"""Where we are in the tree of cgroups, and the word on why no group can be made there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from handrail.process.cgroup import Cgroups
from handrail.process.hierarchy import UNIFIED, hand_down, own_group

ROOT = Path(__file__).parents[3]
ENVIRONMENT = {**os.environ, "PYTHONPATH": ":".join([str(ROOT / "src"), *sys.path])}
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


def test_groups_can_be_made_or_it_is_said_why() -> None:
    found = Cgroups.find()
    assert found.version in {1, 2} if isinstance(found, Cgroups) else "cgroup" in found


AS_NOBODY = """
import os
from handrail.process.cgroup import Cgroups
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
print(Cgroups.find())
"""


if os.getuid() == 0:

    def test_who_may_make_no_groups_is_told_why() -> None:
        said = subprocess.run(
            [sys.executable, "-c", AS_NOBODY],
            env=ENVIRONMENT,
            check=True,
            capture_output=True,
            text=True,
        )
        assert "cgroup" in said.stdout
        assert "object at" not in said.stdout
