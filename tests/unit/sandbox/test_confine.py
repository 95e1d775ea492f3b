"""Which cell and which rules each tier gives to a plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handrail.plan.access import Access
from handrail.plan.user import User
from handrail.sandbox import landlock, mounts
from handrail.sandbox.cell import Cell
from handrail.sandbox.confine import Confinement, common_cell, confine
from handrail.sandbox.filter import Sockets, build
from handrail.sandbox.means import Means
from handrail.spec.server import LimitsTable, Tier
from tests.builders import plan

BWRAP, OWN = Path("/usr/bin/bwrap"), (Path("/opt/python"),)
USER = User("someone", 3_210_001, 3_210_002)
W = Path("/w")
ACCESS = Access(readable=(W,), executable=(), writable=(W,), kept=(W / ".git",), hidden=())
LIMITS = LimitsTable()
NONE, INTERNET, ALL = (build("x86_64", sockets) for sockets in Sockets)


def means(tier: Tier, **others: Any) -> Means:
    had = {"landlock": 7, "bwrap": BWRAP, "own": OWN, "as_root": True, "user": USER}
    return Means(tier, "x86_64", **{**had, **others})


def bounded(cell: Cell) -> Cell:
    return replace(cell, file_bytes=LIMITS.file_size, open_files=LIMITS.open_files)


def wanted(**changes: Any) -> Any:
    return plan("/bin/true", access=ACCESS, **changes)


def test_in_a_view_of_its_own_mounts_cover_the_exceptions() -> None:
    made = confine(wanted(), means(Tier.NAMESPACES))
    view = mounts.arguments(ACCESS, own=OWN, network=False, as_root=True, temporary_bytes=1 << 30)
    private = tuple(map(str, mounts.private_folders(ACCESS)))
    assert made.cell == bounded(Cell(Tier.NAMESPACES, USER, NONE, (str(BWRAP), *view), private))
    assert made.rules == landlock.rules(ACCESS, 7, network=False, masked=True)
    assert made.confinement == Confinement(Tier.NAMESPACES, network=False)


def test_by_landlock_rules_alone_keep_the_exceptions() -> None:
    made = confine(wanted(), means(Tier.LANDLOCK))
    assert made.cell == bounded(Cell(Tier.LANDLOCK, USER, NONE))
    assert made.rules == landlock.rules(ACCESS, 7, network=False, masked=False)
    assert made.confinement == Confinement(Tier.LANDLOCK, network=False)


@pytest.mark.parametrize("tier", [Tier.RLIMITS, Tier.NONE])
def test_below_landlock_only_signals_are_kept_in_and_the_network_is_said_to_be_open(
    tier: Tier,
) -> None:
    made = confine(wanted(network=False), means(tier))
    bare = Cell(tier, USER)
    assert made.cell == (bounded(bare) if tier is Tier.RLIMITS else bare)
    assert made.rules == landlock.scopes(7)
    assert made.confinement == Confinement(tier, network=True)
    assert confine(wanted(), means(tier, landlock=0)).rules is None


def test_unix_sockets_go_with_the_network_only_where_few_can_be_seen() -> None:
    """Behind those on the disk sit daemons that act for whoever reaches them."""
    viewed = confine(wanted(network=True), means(Tier.NAMESPACES))
    shared = confine(wanted(network=True), means(Tier.LANDLOCK))
    assert (viewed.cell.filter, shared.cell.filter) == (ALL, INTERNET)
    assert viewed.confinement.network is shared.confinement.network is True
    assert "--unshare-net" not in viewed.cell.view
    assert viewed.rules is not None
    assert viewed.rules.ports == 0


def test_by_landlock_all_tools_without_network_share_their_zygotes() -> None:
    here = means(Tier.LANDLOCK)
    other = plan("/bin/echo", "x", access=replace(ACCESS, writable=()), memory_bytes=1 << 20)
    assert confine(wanted(), here).cell == confine(other, here).cell == common_cell(here, LIMITS)
    assert confine(wanted(network=True), here).cell != common_cell(here, LIMITS)


def test_views_are_shared_by_calls_that_may_use_the_same_files() -> None:
    here = means(Tier.NAMESPACES)
    same = plan("/bin/echo", "x", access=replace(ACCESS), cwd=Path("/w"))
    other = wanted(file_bytes=1 << 20), plan("/bin/true", access=replace(ACCESS, writable=()))
    assert confine(wanted(), here).cell == confine(same, here).cell
    assert all(confine(wanted(), here).cell != confine(each, here).cell for each in other)
    assert common_cell(here, LIMITS) is None


@pytest.mark.parametrize("tier", [Tier.RLIMITS, Tier.NONE])
def test_below_landlock_one_cell_holds_every_call(tier: Tier) -> None:
    assert confine(wanted(network=True), means(tier)).cell == common_cell(means(tier), LIMITS)


def test_limits_of_files_hold_for_a_zygote_for_good() -> None:
    here = means(Tier.LANDLOCK)
    few = confine(wanted(file_bytes=5, open_files=64), here).cell
    assert (few.file_bytes, few.open_files) == (5, 64)
    assert few != common_cell(here, LIMITS)
