"""The search pack and lists of folders as clients meet them, at every tier."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import mcp_types
import pytest

from handrail.spec.server import Tier
from tests.running import hand_over
from tests.served.answers import obeys_its_schema, refusal, structure, text
from tests.served.serving import call, serving
from tests.served.site import WAYS, Site

SERVER_FILE = """
config_version = 1
use = ["search"]
[workspace]
root = "workspace"
[[tool]]
name = "list_files"
description = "List what is in a folder."
files = "list"
[[tool]]
name = "search"
timeout = "3s"
"""
ENOUGH_FOR_RIPGREP = 80
MOST_TOKENS = 400
LETTERS_PER_TOKEN = 4
NEVER_ENDING: dict[str, Any] = {"pattern": "(x+x+)+y", "regex": True}
TIERS = pytest.mark.parametrize("tier", [Tier.NAMESPACES, Tier.LANDLOCK, Tier.RLIMITS], ids=str)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A workspace with a few files, one of them ignored."""
    site = Site.build(tmp_path, SERVER_FILE)
    for name, content in {
        "src/a.py": "import os\n\n\ndef walk(top):\n    pass\n",
        "src/b.py": "def wander():\n    walk(1)\n    walk(2)\n",
        "notes.md": "Walk on.\n",
        "build/a.py": "walk()\n",
        ".gitignore": "build/\n",
    }.items():
        path = site.workspace / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    hand_over(site.workspace, *site.workspace.rglob("*"))
    return site


async def answered(
    site: Site, tool: str, tier: Tier | None = None, **arguments: Any
) -> mcp_types.CallToolResult:
    """What one call returns."""
    if tier is not None:
        site.pin(tier)
    async with serving(site, WAYS[0]) as server, server.client() as client:
        result = await call(client, tool, **arguments)
        assert await obeys_its_schema(client, tool, result)
        return result


@TIERS
async def test_lines_are_told_under_their_files(site: Site, tier: Tier) -> None:
    result = await answered(site, "search", tier, pattern="walk", context=1, glob=["*.py"])
    assert text(result) == (
        "src/a.py\n3- \n4: def walk(top):\n5-     pass\n\n"
        "src/b.py\n1- def wander():\n2:     walk(1)\n3:     walk(2)"
    )
    told = structure(result)
    assert [(one["path"], one["line"]) for one in told["matches"]] == [
        ("src/a.py", 4),
        ("src/b.py", 2),
        ("src/b.py", 3),
    ]
    assert told["files_searched"] == 2
    assert told["confinement"]["tier"] == tier


@TIERS
async def test_ripgrep_is_asked_where_there_is_one(site: Site, tier: Tier) -> None:
    """It leaves out the file in which we would never come to an end."""
    for number in range(ENOUGH_FOR_RIPGREP):
        (site.workspace / f"x{number}").write_text("x" * 60)
    hand_over(*site.workspace.glob("x*"))
    told = structure(await answered(site, "search", tier, **NEVER_ENDING))
    assert "incomplete" not in told
    assert told["matches"] == []


async def test_without_ripgrep_an_endless_search_still_answers(site: Site) -> None:
    (site.workspace / "x").write_text("x" * 60)
    (site.workspace / "a").write_text("xxy")
    hand_over(site.workspace / "x", site.workspace / "a")
    result = await answered(site, "search", **NEVER_ENDING)
    told = structure(result)
    assert told["ok"]
    assert told["incomplete"]
    assert told["stopped_in"] == "x"
    assert [one["path"] for one in told["matches"]] == ["a"]
    assert "There was no time for all; it ended in x" in text(result)


@pytest.mark.parametrize(
    ("tool", "arguments", "page"),
    [
        ("search", {"pattern": "walk"}, "src/a.py\n4: def walk(top):"),
        ("search", {"pattern": "walk", "names_only": True}, "src/a.py: 1"),
        ("find_files", {"pattern": "*.py"}, "src/a.py  36 B"),
        ("list_files", {"path": "src"}, "src:\nsrc/a.py  36 B"),
    ],
)
async def test_a_cut_page_says_the_next_call(
    site: Site, tool: str, arguments: dict[str, Any], page: str
) -> None:
    result = await answered(site, tool, **arguments, limit=1)
    following = {"tool": tool, "arguments": {**arguments, "limit": 1, "offset": 1}}
    assert structure(result)["next"] == following
    said, _, advice = text(result).partition("\n\nThere is more. Next: ")
    assert said == page
    assert advice.startswith(f"{tool}(")
    assert advice.endswith("limit=1, offset=1)")


async def test_a_folder_is_told_with_what_is_in_it(site: Site) -> None:
    closed = site.workspace / "closed"
    closed.mkdir(0)
    (site.workspace / os.fsdecode(b"odd\n\xff")).touch()
    result = await answered(site, "list_files", depth=2)
    assert text(result) == (
        ".:\n.gitignore  7 B\nclosed/  cannot be entered: Permission denied\nnotes.md  9 B\n"
        "odd\\n\\xff  0 B  odd\nsrc/  2 entries\nsrc/a.py  36 B\nsrc/b.py  38 B"
    )
    closed.chmod(0o755)


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("search", {"pattern": "no such"}, "No matches in 4 files."),
        ("find_files", {"pattern": "no such"}, "Nothing found."),
    ],
)
async def test_to_find_nothing_is_an_answer(
    site: Site, tool: str, arguments: dict[str, Any], said: str
) -> None:
    result = await answered(site, tool, **arguments)
    assert not result.is_error
    assert text(result) == said


_REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("search", {"pattern": "(?=a)", "regex": True}, "argument_invalid", "pattern"),
    ("search", {"pattern": "a", "path": "gone"}, "not_found", "path"),
    ("search", {"pattern": "a", "glob": ["[a"]}, "argument_invalid", "glob"),
    ("find_files", {"pattern": "[a"}, "argument_invalid", "pattern"),
    ("find_files", {"pattern": "a", "path": "notes.md"}, "argument_invalid", "path"),
    ("list_files", {"path": "../"}, "path_outside_workspace", "path"),
]


async def test_what_cannot_be_is_refused(site: Site) -> None:
    async with serving(site, WAYS[0]) as server, server.client() as client:
        for tool, arguments, code, field in _REFUSED:
            error = refusal(await call(client, tool, **arguments))
            assert (error["code"], error["field"]) == (code, field), (tool, arguments)


async def test_a_client_that_goes_leaves_no_search_behind(site: Site) -> None:
    (site.workspace / "x").write_text("x" * 60)
    hand_over(site.workspace / "x")
    async with serving(site, WAYS[0]) as server, server.client() as client:
        endless = asyncio.ensure_future(call(client, "search", **NEVER_ENDING))
        found = structure(await call(client, "search", pattern="walk"))
        endless.cancel()
        await asyncio.wait([endless])
        assert found["matches"]


async def test_their_place_in_a_list_is_small(site: Site) -> None:
    async with serving(site, WAYS[0]) as server, server.client() as client:
        tools = {one.name: one for one in await client.list_tools()}
    for name in ("search", "find_files"):
        listed = tools[name].model_dump(by_alias=True, exclude_none=True)
        kept = ("name", "description", "inputSchema", "outputSchema", "annotations")
        shown = json.dumps({key: listed[key] for key in kept}, separators=(",", ":"))
        assert len(shown) / LETTERS_PER_TOKEN <= MOST_TOKENS, (name, len(shown))
        assert 150 <= len(tools[name].description or "") <= 400
        assert listed["annotations"]["readOnlyHint"]
