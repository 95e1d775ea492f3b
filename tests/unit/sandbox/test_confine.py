"""Which tier is used, and when there is none that will do."""

from __future__ import annotations

from typing import Any

import pytest

from handrail.errors import ConfinementUnavailable
from handrail.sandbox.confine import ConfinedPlan, Confinement, choose, confine
from handrail.spec.server import Tier
from tests.builders import plan, server


@pytest.mark.parametrize(
    ("table", "tier"),
    [
        ({}, Tier.RLIMITS),
        ({"require": "rlimits"}, Tier.RLIMITS),
        ({"require": "none"}, Tier.RLIMITS),
        ({"require": "none", "use": "none"}, Tier.NONE),
        ({"use": "rlimits"}, Tier.RLIMITS),
    ],
)
def test_the_tier_that_is_used(table: dict[str, Any], tier: Tier) -> None:
    assert choose(server(confinement=table).confinement) is tier


@pytest.mark.parametrize(
    "table",
    [
        {"require": "landlock"},
        {"require": "namespaces"},
        {"use": "landlock"},
        {"use": "none"},
        {"require": "landlock", "use": "rlimits"},
    ],
)
def test_less_than_required_is_refused(table: dict[str, Any]) -> None:
    with pytest.raises(ConfinementUnavailable):
        choose(server(confinement=table).confinement)


def test_the_network_is_said_to_be_open_as_long_as_nothing_closes_it() -> None:
    wanted = plan("/bin/true", network=False)
    assert confine(wanted, Tier.RLIMITS) == ConfinedPlan(
        wanted, Confinement(Tier.RLIMITS, network=True)
    )
