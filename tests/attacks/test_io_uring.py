"""A command cannot work by io_uring, past the filter of system calls."""

from __future__ import annotations

import pytest

from handrail.spec.server import Tier
from tests.attacks.arena import TIERS
from tests.attacks.attack import BASELINES, attack, unconfined


@pytest.mark.parametrize("tier", TIERS)
async def test_there_is_no_io_uring(tier: Tier) -> None:
    attacked = await attack("io_uring", tier)
    assert attacked.surprises == []


@pytest.mark.parametrize("uid", BASELINES)
def test_unconfined_there_is(uid: int) -> None:
    assert unconfined("io_uring", uid) == []
