"""Every tier is tried before it is claimed, and none is taken quietly for a weaker one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from handrail.errors import ConfinementUnavailable
from handrail.plan.user import User, choose_user
from handrail.process import tiers
from handrail.process.tiers import choose, try_out
from handrail.spec.server import ConfinementTable, Tier
from tests.builders import server
from tests.lacking import listened_to, without_landlock
from tests.running import STRANGER

# Chooses a tier in a process of its own: prints it, or the code, message and hint of the refusal.
CHOOSE = """
import asyncio, json, sys
from pathlib import Path
from handrail.errors import ConfinementUnavailable
from handrail.plan.user import choose_user
from handrail.process.tiers import choose
from handrail.spec.server import ConfinementTable
wanted = ConfinementTable.model_validate_json(sys.argv[1])
try:
    found = [asyncio.run(choose(wanted, choose_user(None, Path("/")))).tier]
except ConfinementUnavailable as lacking:
    found = [lacking.code, lacking.message, lacking.hint]
print(json.dumps(found))
"""


def wanted(**table: Any) -> ConfinementTable:
    return server(confinement=table).confinement


def somebody() -> User | None:
    """Whom commands run as: nobody for root, ourselves for all others."""
    found = choose_user(None, Path("/"))
    assert found is None or isinstance(found, User)
    return found


@pytest.mark.parametrize("tier", [Tier.NAMESPACES, Tier.LANDLOCK, Tier.RLIMITS])
async def test_this_machine_has_it(tier: Tier) -> None:
    trial = await try_out(tier, somebody())
    assert trial.evidence.shortcomings == ()
    assert (trial.means.tier, trial.evidence.tier) == (tier, tier)
    assert trial.means.user == somebody()
    assert trial.means.as_root is (os.geteuid() == 0)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
@pytest.mark.parametrize("tier", [Tier.NAMESPACES, Tier.LANDLOCK, Tier.RLIMITS])
@pytest.mark.parametrize("user", [User(str(STRANGER), STRANGER, STRANGER), User("root", 0, 0)])
async def test_it_holds_for_any_user_root_among_them(tier: Tier, user: User) -> None:
    assert (await try_out(tier, user)).evidence.shortcomings == ()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root would stay root")
@pytest.mark.parametrize("tier", [Tier.NAMESPACES, Tier.LANDLOCK, Tier.RLIMITS])
async def test_without_another_user_root_would_stay_root_and_no_tier_holds(tier: Tier) -> None:
    found = await try_out(tier, None)
    assert "a command could be root, or have a capability" in found.evidence.shortcomings


@pytest.mark.parametrize(
    ("table", "tier"),
    [
        ({}, Tier.NAMESPACES),
        ({"require": "rlimits"}, Tier.NAMESPACES),
        ({"require": "none"}, Tier.NAMESPACES),
        ({"use": "landlock"}, Tier.LANDLOCK),
        ({"require": "rlimits", "use": "rlimits"}, Tier.RLIMITS),
        ({"require": "none", "use": "none"}, Tier.NONE),
    ],
)
async def test_the_strongest_is_taken_or_the_one_that_is_pinned(
    table: dict[str, Any], tier: Tier
) -> None:
    assert (await choose(wanted(**table), somebody())).tier is tier


async def test_without_bwrap_the_next_tier_is_taken_unless_more_is_required(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiers, "_BWRAP_FOLDERS", (str(tmp_path),))
    assert (await choose(wanted(), somebody())).tier is Tier.LANDLOCK
    with pytest.raises(ConfinementUnavailable) as refused:
        await choose(wanted(require="namespaces"), somebody())
    assert refused.value.message == (
        'the file requires confinement "namespaces", which cannot be had here '
        "(namespaces: it needs bwrap (Debian: apt install bubblewrap), which is not installed)"
    )
    assert refused.value.hint == (
        "`handrail doctor` tells what is missing and how to get it. "
        '`[confinement] require = "landlock"` accepts less.'
    )


@pytest.mark.parametrize("owner_and_mode", [(STRANGER, 0o755), (0, 0o775), (0, 0o757)])
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
async def test_a_bwrap_that_others_can_change_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner_and_mode: tuple[int, int]
) -> None:
    planted = tmp_path / "bwrap"
    planted.write_text(f"#!/bin/sh\ntouch {tmp_path}/was-run\n")
    os.chown(planted, owner_and_mode[0], 0)
    planted.chmod(owner_and_mode[1])
    monkeypatch.setattr(tiers, "_BWRAP_FOLDERS", (str(tmp_path),))
    trial = await try_out(Tier.NAMESPACES, somebody())
    assert trial.means.bwrap is None
    assert not trial.evidence.holds
    assert not (tmp_path / "was-run").exists()


async def test_a_bwrap_that_is_no_bwrap_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It starts the command, and confines nothing: its presence says nothing."""
    fake = tmp_path / "bwrap"
    fake.write_text('#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n')
    fake.chmod(0o755)
    monkeypatch.setattr(tiers, "_BWRAP_FOLDERS", (str(tmp_path),))
    trial = await try_out(Tier.NAMESPACES, somebody())
    assert trial.means.bwrap == fake
    assert not trial.evidence.holds


async def test_a_bwrap_that_fails_is_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(tiers, "_BWRAP_FOLDERS", (str(tmp_path),))
    (shortcoming,) = (await try_out(Tier.NAMESPACES, somebody())).evidence.shortcomings
    assert "bwrap: setting up uid map: Permission denied" in shortcoming


def chosen(below: Sequence[str], **table: str) -> list[str]:
    done = subprocess.run(
        [*below, sys.executable, "-c", CHOOSE, json.dumps(table)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


def test_without_landlock_the_default_refuses_to_start() -> None:
    code, message, hint = chosen(without_landlock())
    assert code == "confinement_unavailable"
    lacks = "it needs Landlock version 3 (Linux 6.2); this kernel has none"
    assert message == (
        'the file requires confinement "landlock", which cannot be had here '
        f"(namespaces: {lacks}; landlock: {lacks})"
    )
    assert hint.endswith('`[confinement] require = "rlimits"` accepts less.')


def test_without_landlock_less_is_taken_only_on_the_files_word() -> None:
    assert chosen(without_landlock(), require="rlimits") == ["rlimits"]
    assert chosen(without_landlock(), require="none") == ["rlimits"]
    assert chosen(without_landlock(), require="none", use="none") == ["none"]
    assert chosen(without_landlock(), use="landlock")[0] == "confinement_unavailable"


def test_where_somebody_listens_already_the_filter_answers_by_itself() -> None:
    assert chosen(listened_to(), use="landlock") == ["landlock"]
