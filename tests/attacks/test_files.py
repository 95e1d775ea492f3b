"""Files outside of the workspace are neither read nor changed, whatever way a command takes."""

from __future__ import annotations

import pytest

from handrail.spec.server import Tier
from tests.attacks.arena import TIERS
from tests.attacks.attack import BASELINES, attack, unconfined

# Of a file that belongs to the commands' user: Landlock has no right for these.
CHANGED = {
    Tier.NAMESPACES: [],
    Tier.LANDLOCK: ["secret: attributes", "secret: mode", "secret: times"],
}


@pytest.mark.parametrize("tier", TIERS)
async def test_no_way_leads_to_a_file_outside(tier: Tier) -> None:
    attacked = await attack("files", tier)
    assert attacked.surprises == []
    if tier in CHANGED:
        assert attacked.changed == CHANGED[tier]


@pytest.mark.parametrize("uid", BASELINES)
def test_unconfined_every_way_does(uid: int) -> None:
    assert unconfined("files", uid) == []
