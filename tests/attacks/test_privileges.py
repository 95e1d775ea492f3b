"""A command gains no privileges, and gets at nothing in the kernel that is for the few."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from handrail.plan.user import User
from handrail.spec.server import Tier
from tests.attacks.arena import TIERS, arena
from tests.attacks.attack import BASELINES, attack, unconfined
from tests.running import said


@pytest.mark.parametrize("tier", TIERS)
async def test_there_is_nothing_to_gain(tier: Tier) -> None:
    attacked = await attack("privileges", tier)
    assert attacked.surprises == []


@pytest.mark.parametrize("uid", BASELINES)
def test_unconfined_there_is(uid: int) -> None:
    assert unconfined("privileges", uid) == []


if os.geteuid() == 0:

    @pytest.mark.parametrize("tier", TIERS)
    async def test_nor_for_a_command_that_is_root_by_leave(tier: Tier, tmp_path: Path) -> None:
        async with arena(tier, tmp_path / "workspace", user=User("root", 0, 0)) as scene:
            told = await scene.run(["/bin/grep", "-E", "^(Uid|CapEff|CapPrm)", "/proc/self/status"])
        held = {line.split()[1] for line in said(told)[0].decode().splitlines()}
        assert held == {"0", "0" * 16}
