"""Programs that give privileges give a command none."""

from __future__ import annotations

import pytest

from handrail.spec.server import Tier
from tests.attacks.arena import TIERS
from tests.attacks.attack import BASELINES, attack, unconfined


@pytest.mark.parametrize("tier", TIERS)
async def test_no_program_gives_privileges(tier: Tier) -> None:
    attacked = await attack("setuid", tier)
    assert attacked.surprises == []


@pytest.mark.parametrize("uid", BASELINES)
def test_unconfined_they_do(uid: int) -> None:
    assert unconfined("setuid", uid) == []
