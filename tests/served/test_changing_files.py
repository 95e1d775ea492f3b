"""Files are changed, deleted and restored through a server at every tier, as its file allows."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.spec.server import Tier
from tests.running import STRANGER, hand_over
from tests.served.answers import obeys_its_schema, refusal, structure, text
from tests.served.serving import Connected, call, serving
from tests.served.site import WAYS, Site

# The server, which is root here, has its state in the workspace, which is another user's.
SERVER_FILE = """
config_version = 1
use = ["files"]
[workspace]
root = "."
[[tool]]
name = "delete_file"
writable = ["docs"]
[[tool]]
name = "write_file"
file_size = "100KiB"
"""
TIERS = [Tier.NAMESPACES, Tier.LANDLOCK, Tier.RLIMITS]


@pytest.fixture(params=TIERS, ids=str)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Site:
    site = Site.build(tmp_path, SERVER_FILE)
    site.pin(request.param)
    (tmp_path / "docs").mkdir()
    hand_over(tmp_path, tmp_path / "docs")
    return site


async def done(client: Connected, tool: str, **arguments: object) -> str:
    """What a call says that must succeed, and be as its schema says."""
    result = await call(client, tool, **arguments)
    assert not result.is_error, text(result)
    assert await obeys_its_schema(client, tool, result)
    return text(result)


async def test_a_file_lives_is_deleted_and_comes_back(site: Site) -> None:
    folder = site.folder
    async with serving(site, WAYS[0]) as server, server.client() as client:
        await done(client, "write_file", path="docs/new/a", content="one\ntwo\n")
        await done(client, "edit_file", path="docs/new/a", old="two", new="2")
        await done(client, "copy_file", path="docs/new", to="docs/copies/b")
        await done(client, "move_file", path="docs/copies/b/a", to="moved")
        assert (folder / "moved").read_text() == "one\n2\n"
        assert (folder / "moved").stat().st_uid == STRANGER

        said = await done(client, "delete_file", path="docs/new")
        assert not (folder / "docs/new").exists()
        assert "docs/new" in await done(client, "restore_file")
        entry = structure(await call(client, "restore_file"))["entries"][0]
        assert f'restore_file(id="{entry["id"]}")' in said
        await done(client, "restore_file", id=entry["id"])
        assert (folder / "docs/new/a").read_text() == "one\n2\n"
        assert "empty" in await done(client, "restore_file")


async def test_what_the_file_forbids_is_refused(site: Site) -> None:
    before = site.file.read_text()
    async with serving(site, WAYS[0]) as server, server.client() as client:
        await done(client, "write_file", path="kept", content="x")
        told = refusal(await call(client, "delete_file", path="kept"))
        assert (told["code"], told["allowed"]) == ("denied", ["docs"])
        for path in ("handrail.toml", ".handrail/trash/x", "docs/.git/config"):
            told = refusal(await call(client, "write_file", path=path, content="x"))
            assert told["code"] == "denied"
        told = refusal(await call(client, "write_file", path="large", content="x" * 200_000))
        assert told["code"] == "storage_full"
    assert site.file.read_text() == before
    assert {path.name for path in site.folder.iterdir()} >= {"kept", "docs"}
    assert not (site.folder / "large").exists()
    assert list((site.folder / "docs").iterdir()) == []
