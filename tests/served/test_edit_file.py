"""Editing as clients meet it: what the tool answers, what a file holds then, and refusals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from handrail.spec.server import Tier
from tests.served.answers import obeys_its_schema, refusal, structure, text
from tests.served.serving import Connected, call, serving
from tests.served.site import WAYS, Site, hand_over

TOOL = (
    '[[tool]]\nname = "edit_file"\ndescription = "Edit a file."\nfiles = "edit"\neffect = "write"\n'
)
SERVER_FILE = (
    f'config_version = 1\n[server]\nname = "files"\n[workspace]\nroot = "workspace"\n{TOOL}'
)
BEFORE = "one\r\ntwo\r\nthree\r\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site.build(tmp_path, SERVER_FILE)
    file(site).write_bytes(BEFORE.encode())
    hand_over(file(site))
    return site


def file(site: Site) -> Path:
    return site.workspace / "a.txt"


@asynccontextmanager
async def served(site: Site) -> AsyncIterator[Connected]:
    async with serving(site, WAYS[0]) as server, server.client() as client:
        yield client


@pytest.mark.parametrize("tier", [Tier.NAMESPACES, Tier.LANDLOCK, Tier.RLIMITS])
async def test_a_file_is_tried_edited_and_patched(site: Site, tier: Tier) -> None:
    site.pin(tier)
    async with served(site) as client:
        tried = await call(client, "edit_file", path="a.txt", old="two", new="2", dry_run=True)
        assert file(site).read_bytes().decode() == BEFORE
        assert "-two\n+2\n" in text(tried)
        assert "without dry_run" in text(tried)

        expected = structure(tried)["hash"]
        done = await call(
            client, "edit_file", path="a.txt", old="two", new="2", expected_hash=expected
        )
        assert await obeys_its_schema(client, "edit_file", done)
        assert structure(done)["changed"]
        assert structure(done)["hash"] in text(done)

        patch = "--- a/a.txt\n+++ b/a.txt\n@@ -2,2 +2,3 @@\n 2\n+2.5\n three\n"
        patched = await call(client, "edit_file", path="a.txt", patch=patch)
        assert structure(patched)["hunks"] == 1
    assert file(site).read_bytes() == b"one\r\n2\r\n2.5\r\nthree\r\n"
    assert [each.name for each in site.workspace.iterdir()] == ["a.txt"]


async def test_what_cannot_be_edited_is_told_with_the_next_step(site: Site) -> None:
    async with served(site) as client:
        for given, field, said in [
            ({"old": "e", "new": "x"}, "old", "3 times, at lines 1, 3"),
            ({"old": "tow", "new": "x"}, "old", "line 2"),
            ({"patch": "@@ -2,1 +2,1 @@\n-too\n+2\n"}, "patch", "hunk 1 of 1"),
            ({"old": "two", "new": "2", "expected_hash": "0" * 64}, "expected_hash", "changed"),
        ]:
            error = refusal(await call(client, "edit_file", path="a.txt", **given))
            assert (error["code"], error["field"]) == ("argument_invalid", field)
            assert said in error["message"]
            assert error["hint"]
    assert file(site).read_bytes().decode() == BEFORE


async def test_no_edit_of_many_at_once_is_lost(site: Site) -> None:
    file(site).write_text("".join(f"line {n}.\n" for n in range(20)))
    async with served(site) as client:
        edits = (
            call(client, "edit_file", path="a.txt", old=f"line {n}.", new=f"done {n}.")
            for n in range(20)
        )
        answers = await asyncio.gather(*edits)
    assert not [text(answer) for answer in answers if answer.is_error]
    assert file(site).read_text() == "".join(f"done {n}.\n" for n in range(20))
