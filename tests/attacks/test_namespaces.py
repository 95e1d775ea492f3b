"""A command gets no namespaces, mounts or root folder of its own, and none of others."""

from __future__ import annotations

import pytest

from handrail.spec.server import Tier
from tests.attacks.arena import TIERS
from tests.attacks.attack import BASELINES, attack, unconfined


@pytest.mark.parametrize("tier", TIERS)
async def test_no_namespace_can_be_had(tier: Tier) -> None:
    attacked = await attack("namespaces", tier)
    assert attacked.surprises == []


@pytest.mark.parametrize("uid", BASELINES)
def test_unconfined_they_can_be_had(uid: int) -> None:
    assert unconfined("namespaces", uid) == []
