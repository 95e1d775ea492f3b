"""What a command can run, and what it cannot: known.toml says how little the latter means."""

from __future__ import annotations

import pytest

from handrail.spec.server import Tier
from tests.attacks.arena import TIERS
from tests.attacks.attack import BASELINES, attack, unconfined


@pytest.mark.parametrize("tier", TIERS)
async def test_what_can_be_run(tier: Tier) -> None:
    attacked = await attack("execution", tier)
    assert attacked.surprises == []


@pytest.mark.parametrize("uid", BASELINES)
def test_unconfined_everything_can_be_run(uid: int) -> None:
    assert unconfined("execution", uid) == []
