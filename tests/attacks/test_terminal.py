"""A command cannot type into a terminal, nor write on one that is not its own."""

from __future__ import annotations

import pytest

from handrail.spec.server import Tier
from tests.attacks.arena import TIERS
from tests.attacks.attack import BASELINES, attack, unconfined


@pytest.mark.parametrize("tier", TIERS)
async def test_no_terminal_can_be_typed_into(tier: Tier) -> None:
    attacked = await attack("terminal", tier)
    assert attacked.surprises == []
    assert attacked.reached == (["terminal"] if tier is Tier.RLIMITS else [])


@pytest.mark.parametrize("uid", BASELINES)
def test_unconfined_they_can(uid: int) -> None:
    assert unconfined("terminal", uid) == []
