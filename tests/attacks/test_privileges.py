"""A command gains no privileges, and gets at nothing in the kernel that is for the few."""

from __future__ import annotations

import pytest

from handrail.spec.server import Tier
from tests.attacks.arena import TIERS
from tests.attacks.attack import BASELINES, attack, unconfined


@pytest.mark.parametrize("tier", TIERS)
async def test_there_is_nothing_to_gain(tier: Tier) -> None:
    attacked = await attack("privileges", tier)
    assert attacked.surprises == []


@pytest.mark.parametrize("uid", BASELINES)
def test_unconfined_there_is(uid: int) -> None:
    assert unconfined("privileges", uid) == []
