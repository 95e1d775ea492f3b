"""Advice fits what is missing, and there is none where nothing is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from handrail.plan.user import User
from handrail.sandbox.advice import advice, uncovered
from handrail.sandbox.evidence import FORBIDDEN, NEEDED, SUCCEEDED, Evidence
from handrail.sandbox.means import Means
from handrail.spec.server import Tier

HERE = Means(Tier.NAMESPACES, "x86_64", landlock=7, bwrap=Path("/usr/bin/bwrap"), as_root=True)


def told(tier: Tier, failure: str | None = None, means: Means = HERE) -> str:
    return "\n".join(advice(replace(means, tier=tier), Evidence(tier, {}, failure)))


def test_a_tier_that_holds_needs_no_advice() -> None:
    met = {one.name: "Permission denied (EACCES)" for one in FORBIDDEN}
    held = Evidence(Tier.NAMESPACES, {**met, **dict.fromkeys(NEEDED, SUCCEEDED)})
    assert list(advice(HERE, held)) == []


def test_without_landlock_a_newer_kernel_helps_the_tiers_that_need_it() -> None:
    without = replace(HERE, landlock=0)
    assert "lsm=landlock" in told(Tier.LANDLOCK, "none", without)
    assert "lsm=landlock" in told(Tier.NAMESPACES, "none", without)
    assert "lsm=landlock" not in told(Tier.RLIMITS, "none", without)
    assert "lsm=landlock" not in told(Tier.LANDLOCK, "something else")


def test_without_bwrap_it_is_to_be_installed() -> None:
    without = replace(HERE, bwrap=None)
    assert "apt install bubblewrap" in told(Tier.NAMESPACES, "none", without)
    assert "bubblewrap" not in told(Tier.LANDLOCK, "none", without)


def test_what_bwrap_says_tells_of_closed_namespaces() -> None:
    for said in (
        "bwrap: Creating new namespace failed: Operation not permitted",
        "bwrap: setting up uid map: Permission denied",
        "bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted",
        "bwrap: No permissions to create new namespace",
    ):
        words = told(Tier.NAMESPACES, f"the process that ran the command died: {said}")
        assert "max_user_namespaces" in words
        assert "tier landlock" in words


def test_a_closed_interpreter_is_to_be_opened_for_the_user() -> None:
    with_user = replace(HERE, user=User("nobody", 65534, 65534))
    words = told(Tier.LANDLOCK, "python3: Permission denied (starting the program)", with_user)
    assert "nobody (65534)" in words
    assert "[confinement] user" in words


def test_where_signals_reach_the_server_another_user_or_kernel_helps() -> None:
    assert "Linux 6.12" in told(Tier.LANDLOCK)  # nothing was tried, so nothing is known


def test_what_is_left_open_depends_on_the_tier() -> None:
    def gaps(tier: Tier, why: str | None = None) -> str:
        return "\n".join(uncovered(tier, why_no_cgroups=why))

    assert "temporary files" in gaps(Tier.NAMESPACES)
    assert "can be seen" in gaps(Tier.LANDLOCK)
    assert "can be seen" not in gaps(Tier.NAMESPACES)
    assert "the network" in gaps(Tier.RLIMITS)
    assert "nothing is bounded" in gaps(Tier.NONE)
    assert "20 times a second" in gaps(Tier.LANDLOCK, "no cgroup is mounted")
    assert "no cgroup is mounted" in gaps(Tier.LANDLOCK, "no cgroup is mounted")
    assert "20 times" not in gaps(Tier.LANDLOCK)
