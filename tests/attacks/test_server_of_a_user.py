"""A server that is not root, and has the very user of its commands, is out of their reach too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from handrail.spec.server import Tier
from tests.attacks.elsewhere import Elsewhere

CONFINING = [pytest.param(Tier.NAMESPACES, marks=pytest.mark.nightly), Tier.LANDLOCK]
USERS = [12345] if os.geteuid() == 0 else [os.geteuid()]


@pytest.fixture(params=USERS)
def unprivileged(request: pytest.FixtureRequest, tmp_path: Path) -> Elsewhere:
    uid = request.param
    become = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
    return Elsewhere(become if os.geteuid() == 0 else [], tmp_path)


def test_its_probe_finds_every_tier(unprivileged: Elsewhere) -> None:
    assert unprivileged.shortcomings() == {"namespaces": [], "landlock": [], "rlimits": []}


@pytest.mark.parametrize("tier", CONFINING)
def test_what_is_known_holds_there(unprivileged: Elsewhere, tier: Tier) -> None:
    unprivileged.holds(tier)
