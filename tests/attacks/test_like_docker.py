"""In a container as Docker makes it, Landlock holds as elsewhere, and there are no views."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from handrail.spec.server import Tier
from tests.attacks.elsewhere import Elsewhere

LIKE_DOCKER = (sys.executable, str(Path(__file__).with_name("like_docker.py")))


# Who is not root can only be like a container of their own user.
USERS = [pytest.param(0, marks=pytest.mark.nightly), 10001] if os.geteuid() == 0 else [os.geteuid()]


@pytest.fixture(params=USERS)
def container(request: pytest.FixtureRequest, tmp_path: Path) -> Elsewhere:
    return Elsewhere([*LIKE_DOCKER, "--user", str(request.param)], tmp_path)


def test_the_probe_finds_landlock_and_refuses_namespaces(container: Elsewhere) -> None:
    shortcomings = container.shortcomings()
    assert shortcomings["landlock"] == shortcomings["rlimits"] == []
    [why] = shortcomings["namespaces"]
    assert "bwrap: " in why


def test_landlock_holds_there(container: Elsewhere) -> None:
    container.holds(Tier.LANDLOCK)
