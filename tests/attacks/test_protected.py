"""What is in the workspace and yet not for commands: repositories, our state, the server file."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.process.outcome import Exited
from handrail.spec.server import Tier
from tests.attacks.arena import SECRETS, TIERS
from tests.attacks.attack import BASELINES, attack_from, field, unconfined
from tests.running import said

KEPT = (".git/config", ".git/hooks/sample", ".handrail/state", "handrail.toml", SECRETS)
FILES = (*KEPT, "below/.git/config")
CONFINING = [Tier.NAMESPACES, Tier.LANDLOCK]


@pytest.mark.parametrize("tier", TIERS)
async def test_they_stay_as_they_are(tier: Tier) -> None:
    async with field(tier, files=FILES) as (scene, at):
        before = _contents(at.workspace)
        attacked = await attack_from(scene, at, "protected", {})
        assert attacked.surprises == []
        if tier is not Tier.RLIMITS:
            assert _contents(at.workspace) == before


def _contents(workspace: Path) -> dict[str, bytes]:
    folders = (workspace / ".git", workspace / ".handrail")
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    files += [workspace / "handrail.toml", workspace / SECRETS]
    return {str(path.relative_to(workspace)): path.read_bytes() for path in files}


@pytest.mark.parametrize("uid", BASELINES)
def test_unconfined_they_can_be_changed(uid: int) -> None:
    assert unconfined("protected", uid, files=FILES) == []


@pytest.mark.parametrize("tier", CONFINING)
async def test_a_repository_that_a_command_makes_is_kept_from_the_next_call_on(tier: Tier) -> None:
    """What is not there yet cannot be kept: the call that makes it may also fill it."""
    async with field(tier) as (scene, at):
        made = await scene.run(["/bin/mkdir", "-p", ".git/hooks"])
        assert (made.ending, said(made)) == (Exited(0), (b"", b""))
        planted = await scene.run(["/usr/bin/touch", ".git/hooks/pre-commit"])
        said(planted)
        assert planted.ending == Exited(1)
        assert not (at.workspace / ".git" / "hooks" / "pre-commit").exists()


@pytest.mark.parametrize("tier", CONFINING)
async def test_a_link_in_place_of_a_protected_folder_protects_where_it_leads(tier: Tier) -> None:
    async with field(tier, files=["elsewhere/config"]) as (scene, at):
        (at.workspace / ".git").symlink_to("elsewhere")
        for path in (".git/config", "elsewhere/config"):
            written = await scene.run(["/usr/bin/truncate", "--size=0", path])
            said(written)
            assert written.ending == Exited(1)
        assert (at.workspace / "elsewhere" / "config").read_text() == "as it was\n"
