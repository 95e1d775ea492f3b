"""No process is looked into or taken hold of: not the server, the zygote, or another call."""

from __future__ import annotations

import pytest

from handrail.spec.server import Tier
from tests.attacks.arena import TIERS
from tests.attacks.attack import BASELINES, attack, attack_from, field, unconfined
from tests.attacks.other_call import other_call


@pytest.mark.parametrize("tier", TIERS)
async def test_no_process_can_be_looked_into(tier: Tier) -> None:
    assert (await attack("processes", tier)).surprises == []


@pytest.mark.parametrize("tier", TIERS)
async def test_nor_can_another_call(tier: Tier) -> None:
    async with field(tier) as (scene, at), other_call(scene, at.left + 1) as victim:
        attacked = await attack_from(scene, at, "processes", {"victim": victim.targets})
        assert attacked.surprises == []


@pytest.mark.parametrize("uid", BASELINES)
def test_unconfined_they_can(uid: int) -> None:
    assert unconfined("processes", uid) == []
