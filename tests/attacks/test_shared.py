"""Keys, shared memory and other things that the kernel keeps for whoever finds them."""

from __future__ import annotations

import pytest

from handrail.spec.server import Tier
from tests.attacks.arena import TIERS
from tests.attacks.attack import BASELINES, attack_from, field, unconfined


@pytest.mark.parametrize("tier", TIERS)
async def test_what_a_command_finds_and_what_the_next_one_finds_of_it(tier: Tier) -> None:
    async with field(tier) as (scene, at):
        first = await attack_from(scene, at, "shared", {})
        later = await attack_from(scene, at, "remains", {})
    assert first.surprises == []
    assert later.surprises == []


@pytest.mark.parametrize("uid", BASELINES)
def test_unconfined_all_of_it_can_be_had(uid: int) -> None:
    assert unconfined("shared", uid) == []
