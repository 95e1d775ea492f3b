"""No signal reaches what is not of the call: the server, the zygote, another call, or anyone."""

from __future__ import annotations

import signal

import pytest

from handrail.spec.server import Tier
from tests.attacks.arena import TIERS
from tests.attacks.attack import BASELINES, attack_from, field, unconfined
from tests.attacks.other_call import other_call
from tests.attacks.place import place


@pytest.mark.parametrize("tier", TIERS)
async def test_no_signal_leaves_the_call(tier: Tier) -> None:
    async with field(tier) as (scene, at):
        attacked = await attack_from(scene, at, "signals", {})
        assert attacked.surprises == []
        assert attacked.heard == set()


@pytest.mark.parametrize("tier", TIERS)
async def test_nor_does_one_reach_another_call(tier: Tier) -> None:
    async with field(tier) as (scene, at), other_call(scene, at.left + 1) as victim:
        attacked = await attack_from(scene, at, "signals", {"victim": victim.targets})
        assert attacked.surprises == []
        assert await victim.heard() == set()


@pytest.mark.parametrize("uid", BASELINES)
def test_unconfined_they_arrive(uid: int) -> None:
    assert unconfined("signals", uid) == []


def test_the_victim_hears_each_signal_that_is_sent() -> None:
    with place() as at:
        assert at.canaries.victim.heard() == set()
        for number in (signal.SIGCONT, signal.SIGURG):
            at.canaries.victim.send(number)
        assert at.canaries.victim.heard() == {signal.SIGCONT, signal.SIGURG}
