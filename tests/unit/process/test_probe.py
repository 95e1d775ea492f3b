"""A probe finds out a tier that is claimed and does not hold, and leaves nothing behind."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from handrail.plan.plan import Plan
from handrail.plan.user import User, choose_user
from handrail.process import probe as probing
from handrail.process.probe import probe
from handrail.process.tiers import try_out
from handrail.sandbox.confine import ConfinedPlan, confine
from handrail.sandbox.evidence import Evidence
from handrail.sandbox.filter import Sockets, build
from handrail.sandbox.landlock import READ, WRITE, Grant
from handrail.sandbox.means import Means
from handrail.spec.server import Tier

Doctor = Callable[[ConfinedPlan], ConfinedPlan]
only_as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    folder.chmod(0o1777)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


async def means(tier: Tier) -> Means:
    """What this machine really has."""
    user = choose_user(None, Path("/"))
    assert user is None or isinstance(user, User)
    return (await try_out(tier, user)).means


@pytest.fixture
def doctored(monkeypatch: pytest.MonkeyPatch) -> Callable[[Doctor], None]:
    """Have the tier's confinement lack something."""

    def doctor(change: Doctor) -> None:
        def lying(plan: Plan, means: Means) -> ConfinedPlan:
            return change(confine(plan, means))

        monkeypatch.setattr(probing, "confine", lying)

    return doctor


def allowed(found: Evidence) -> set[str]:
    """What a command could do, by the first words."""
    assert found.failure is None, found.failure
    return {each.removeprefix("a command could ") for each in found.shortcomings}


def with_filter(confined: ConfinedPlan, sockets: Sockets | None) -> ConfinedPlan:
    loaded = None if sockets is None else build(os.uname().machine, sockets)
    return replace(confined, cell=replace(confined.cell, filter=loaded))


@pytest.mark.parametrize("tier", [Tier.NAMESPACES, Tier.LANDLOCK])
async def test_no_filter_at_all(tier: Tier, doctored: Callable[[Doctor], None]) -> None:
    doctored(lambda confined: with_filter(confined, None))
    could = allowed(await probe(await means(tier)))
    assert {"set up an io_uring", "make a user namespace"} <= could


async def test_a_filter_that_lets_sockets_through(doctored: Callable[[Doctor], None]) -> None:
    doctored(lambda confined: with_filter(confined, Sockets.ALL))
    could = allowed(await probe(await means(Tier.LANDLOCK)))
    # Landlock itself still keeps TCP ports and abstract sockets.
    assert could == {"send a UDP packet", "connect to a socket on the disk"}


@pytest.mark.parametrize(
    ("rights", "could"),
    [
        (READ, {"read a file outside the workspace", "list a folder outside the workspace"}),
        (
            WRITE,
            {
                "write to a file outside the workspace",
                "cut off a file outside the workspace",
                "create a file outside the workspace",
                "write to the workspace's .git",
            },
        ),
        (
            1,
            {
                "run a program that it wrote into the workspace",
                "run a program that it wrote into its TMPDIR",
            },
        ),
    ],
    ids=["read", "write", "execute"],
)
async def test_rules_that_grant_too_much(
    doctored: Callable[[Doctor], None], rights: int, could: set[str]
) -> None:
    def loose(confined: ConfinedPlan) -> ConfinedPlan:
        rules = confined.rules
        assert rules is not None
        more = Grant(Path(tempfile.gettempdir()), rights)
        return replace(confined, rules=replace(rules, grants=(*rules.grants, more)))

    doctored(loose)
    assert allowed(await probe(await means(Tier.LANDLOCK))) == could


async def test_rules_that_grant_too_little(doctored: Callable[[Doctor], None]) -> None:
    def strict(confined: ConfinedPlan) -> ConfinedPlan:
        rules = confined.rules
        assert rules is not None
        fewer = tuple(one for one in rules.grants if one.path != confined.plan.workspace)
        return replace(confined, rules=replace(rules, grants=fewer, temporary=0))

    doctored(strict)
    found = await probe(await means(Tier.LANDLOCK))
    assert found.shortcomings == (
        "a command could not read the workspace: Permission denied (EACCES)",
        "a command could not write to the workspace, where declared: Permission denied (EACCES)",
        "a command could not make a file in the workspace, where declared: "
        "Permission denied (EACCES)",
        "a command could not write to its TMPDIR: Permission denied (EACCES)",
    )


async def test_a_view_whose_git_can_be_written(doctored: Callable[[Doctor], None]) -> None:
    def writable(confined: ConfinedPlan) -> ConfinedPlan:
        words = list(confined.cell.view)
        git = words.index(str(confined.plan.workspace / ".git"))
        words[git - 1] = "--bind"
        return replace(confined, cell=replace(confined.cell, view=tuple(words)))

    doctored(writable)
    found = await probe(await means(Tier.NAMESPACES))
    # No zygote starts anything in such a view, so the probe does not come to try.
    assert found.shortcomings == ("python: what must not be written was exchanged too often",)


async def test_a_view_that_holds_more(doctored: Callable[[Doctor], None]) -> None:
    def wider(confined: ConfinedPlan) -> ConfinedPlan:
        *words, end = confined.cell.view
        outside = str(confined.plan.workspace.with_name("outside"))
        view = (*words, "--bind", outside, outside, end)
        return replace(confined, cell=replace(confined.cell, view=view))

    doctored(wider)
    could = allowed(await probe(await means(Tier.NAMESPACES)))
    assert could == {"see that a file outside the workspace exists"}


async def test_a_weaker_tier_under_a_stronger_name(doctored: Callable[[Doctor], None]) -> None:
    have = await means(Tier.LANDLOCK)
    weaker = replace(have, tier=Tier.RLIMITS)
    doctored(lambda confined: confine(confined.plan, weaker))
    could = allowed(await probe(have))
    assert {"read a file outside the workspace", "connect to a TCP port"} <= could


@only_as_root
@pytest.mark.parametrize("tier", [Tier.NAMESPACES, Tier.LANDLOCK, Tier.RLIMITS])
async def test_who_stays_root_is_found_out(tier: Tier, doctored: Callable[[Doctor], None]) -> None:
    doctored(lambda confined: replace(confined, cell=replace(confined.cell, user=None)))
    assert "be root, or have a capability" in allowed(await probe(await means(tier)))


@pytest.mark.parametrize("tier", [Tier.NAMESPACES, Tier.LANDLOCK, Tier.RLIMITS])
async def test_a_probe_leaves_nothing(tier: Tier, temporary: Path) -> None:
    assert (await probe(await means(tier))).holds
    assert list(temporary.iterdir()) == []


async def test_a_probe_that_cannot_be_started_says_why_and_leaves_nothing(
    temporary: Path,
) -> None:
    have = replace(await means(Tier.NAMESPACES), bwrap=Path("/nowhere/bwrap"))
    found = await probe(have)
    assert not found.holds
    assert "No such file or directory" in str(found.failure)
    assert list(temporary.iterdir()) == []


@only_as_root
async def test_a_closed_tmpdir_is_a_shortcoming_and_no_crash(temporary: Path) -> None:
    temporary.chmod(0o700)
    for tier in (Tier.LANDLOCK, Tier.RLIMITS):
        found = await probe(await means(tier))
        assert "Permission denied" in " ".join(found.shortcomings)
    assert list(temporary.iterdir()) == []


@only_as_root
async def test_where_the_user_can_start_no_python_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "python").symlink_to("/usr/bin/env")
    monkeypatch.setattr(probing, "INTERPRETER", closed / "python")
    monkeypatch.setattr(probing, "_SYSTEM_PYTHONS", ())
    found = await probe(replace(await means(Tier.RLIMITS), tier=Tier.LANDLOCK))
    assert "can start no Python" in str(found.failure)
