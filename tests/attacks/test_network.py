"""A command without a network reaches nobody, by no family of sockets."""

from __future__ import annotations

import pytest

from handrail.spec.server import Tier
from tests.attacks.arena import TIERS
from tests.attacks.attack import BASELINES, attack, unconfined

CONFINING = [Tier.NAMESPACES, Tier.LANDLOCK]
INTERNET = {"tcp4", "tcp6", "udp4", "udp6"}
PATHS = {"unix_stream", "unix_datagram"}
# Whatever the network: what tells of the machine, or speaks below the protocols.
NEVER = {
    "connect to an abstract socket",
    "open a socket of kernel events",
    "open a raw socket",
    "open a packet socket",
    "open a vsock socket",
}


@pytest.mark.parametrize("tier", TIERS)
async def test_nobody_can_be_reached(tier: Tier) -> None:
    attacked = await attack("network", tier)
    assert attacked.surprises == []
    reachable = INTERNET | PATHS if tier is Tier.RLIMITS else set()
    assert set(attacked.reached) <= reachable


@pytest.mark.parametrize("uid", BASELINES)
def test_unconfined_everybody_can(uid: int) -> None:
    assert unconfined("network", uid) == []


@pytest.mark.parametrize("tier", CONFINING)
async def test_with_a_network_the_internet_is_reached_and_no_daemon_of_the_machine(
    tier: Tier,
) -> None:
    """Not by Unix sockets: those on the disk are out of view, or out of bounds altogether."""
    attacked = await attack("network", tier, network=True)
    assert {"tcp4", "udp4"} <= set(attacked.reached) <= INTERNET
    denied = {name for name, result in attacked.results.items() if result.got == "denied"}
    assert denied >= NEVER
