"""No environment that a command can read has a secret of the server or of another call in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from handrail.spec.server import Tier
from tests.attacks.arena import TIERS
from tests.attacks.attack import BASELINES, attack, attack_from, field, unconfined
from tests.attacks.other_call import other_call
from tests.attacks.outside import SECRET


def _servers() -> dict[str, Any]:
    """The longest variable that this very process was started with."""
    variables = Path("/proc/self/environ").read_text(errors="replace").split("\0")
    return {"server_secret": max(variables, key=len)}


@pytest.mark.parametrize("tier", TIERS)
async def test_none_is_found(tier: Tier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", SECRET)
    assert (await attack("secrets", tier, more=_servers())).surprises == []


@pytest.mark.parametrize("tier", TIERS)
async def test_nor_is_one_of_another_call(tier: Tier) -> None:
    async with field(tier) as (scene, at), other_call(scene, at.left + 1) as victim:
        more = {**_servers(), "victim": victim.targets}
        assert (await attack_from(scene, at, "secrets", more)).surprises == []


@pytest.mark.parametrize("uid", BASELINES)
def test_unconfined_they_are(uid: int) -> None:
    assert unconfined("secrets", uid, more=_servers()) == []
