"""The git pack as clients meet it: typed and readable answers, paging, and work that is done."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from handrail.spec.load import load
from handrail.spec.server import Tier
from handrail.spec.use import shipped
from tests.running import hand_over
from tests.served.answers import obeys_its_schema, refusal, structure, text
from tests.served.serving import Connected, call, serving
from tests.served.site import WAYS, Site

SERVER_FILE = """
config_version = 1
use = ["git"]
[workspace]
root = "workspace"
"""
TOOLS = load(shipped()["git"], {}).tools
MOST_TOKENS = 400
LETTERS_PER_TOKEN = 4


def git(site: Site, *words: str, cwd: str = ".", check: bool = True) -> str:
    """What plain git says; all that there is belongs to whom commands run as, afterwards."""
    env = {
        **{name: os.environ[name] for name in ("PATH",)},
        "HOME": "/nonexistent",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_AUTHOR_DATE": "2026-01-31T12:00:00+01:00",
        "GIT_COMMITTER_DATE": "2026-01-31T12:00:00+01:00",
    }
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "-c", "user.name=Ada", "-c", "user.email=a@b.c", *words],
        cwd=site.workspace / cwd,
        env=env,
        capture_output=True,
        text=True,
        check=check,
    )
    hand_over(site.workspace, *site.workspace.rglob("*"))
    return done.stdout.strip()


def write(site: Site, name: str | bytes, content: str) -> None:
    path = os.path.join(os.fsencode(site.workspace), os.fsencode(name))  # noqa: PTH118  # bytes
    with open(path, "w") as file:  # noqa: PTH123  # bytes
        file.write(content)
    hand_over(Path(os.fsdecode(path)))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A repository with one commit, and an identity in its configuration."""
    site = Site.build(tmp_path, SERVER_FILE)
    git(site, "init", "--quiet", "--initial-branch=main")
    git(site, "config", "user.name", "Grace")
    git(site, "config", "user.email", "grace@example.com")
    (site.workspace / "src").mkdir()
    write(site, "src/a.txt", "one\ntwo\n")
    git(site, "add", ".")
    git(site, "commit", "--quiet", "--message=First\n\nWith a body.")
    return site


@asynccontextmanager
async def served(site: Site) -> AsyncIterator[Connected]:
    async with serving(site, WAYS[0]) as server, server.client() as client:
        yield client


@pytest.fixture
async def client(site: Site) -> AsyncIterator[Connected]:
    async with served(site) as client:
        yield client


async def output(client: Connected, tool: str, **arguments: Any) -> dict[str, Any]:
    """The typed value of a call that went well."""
    result = await call(client, tool, **arguments)
    assert not result.is_error, text(result)
    assert await obeys_its_schema(client, tool, result)
    value: dict[str, Any] = structure(result)["output"]
    return value


async def done(client: Connected, tool: str, **arguments: Any) -> str:
    """The text of a call that went well."""
    result = await call(client, tool, **arguments)
    assert not result.is_error, text(result)
    return text(result)


async def test_a_tool_costs_few_tokens_and_all_of_it_is_described(client: Connected) -> None:
    listed = {tool.name: tool for tool in await client.list_tools()}
    assert [name for name in listed if name.startswith("git_")] == [one.name for one in TOOLS]
    for one in TOOLS:
        tool = listed[one.name]
        letters = len(tool.model_dump_json(by_alias=True, exclude_none=True))
        assert letters / LETTERS_PER_TOKEN <= MOST_TOKENS, one.name
        assert 150 <= len(one.description) <= 400
        assert one.examples
        for name, schema in tool.input_schema["properties"].items():
            assert schema["description"], (one.name, name)


async def test_what_examples_read_holds_in_any_repository_with_a_commit(
    client: Connected,
) -> None:
    for tool in TOOLS:
        for example in tool.examples if tool.effect == "read" else ():
            await _holds(client, tool, example)


@pytest.mark.parametrize(
    ("tool", "example"),
    [
        pytest.param(tool, example, id=f"{tool.name}-{number}")
        for tool in TOOLS
        if tool.approval is None and tool.effect == "write"
        for number, example in enumerate(tool.examples)
    ],
)
async def test_an_example_that_writes_holds_too(client: Connected, tool: Any, example: Any) -> None:
    await _holds(client, tool, example)


async def _holds(client: Connected, tool: Any, example: Any) -> None:
    answer = structure(await call(client, tool.name, **example.args))
    assert "error" not in answer
    assert answer["ending"]["kind"] == example.expect.ending
    assert example.expect.code in (None, answer["ending"]["code"])
    assert re.search(example.expect.stdout or "", answer["stdout"])
    assert "parse_error" not in answer


TIERS = pytest.mark.parametrize("tier", [Tier.NAMESPACES, Tier.LANDLOCK, Tier.RLIMITS], ids=str)


@TIERS
async def test_changes_are_seen_staged_and_committed(site: Site, tier: Tier) -> None:
    site.pin(tier)
    write(site, "src/a.txt", "one\nchanged\n")
    write(site, "new.txt", "new\n")
    async with served(site) as client:
        assert structure(await call(client, "git_status"))["confinement"]["tier"] == tier
        assert (await output(client, "git_status"))["entries"] == [
            {"path": "src/a.txt", "worktree": "modified"},
            {"path": "new.txt", "worktree": "untracked"},
        ]
        await done(client, "git_add", paths=["."])
        assert (await output(client, "git_diff", staged=True))["files"][1] == {
            "path": "src/a.txt",
            "status": "modified",
            "added": 1,
            "deleted": 1,
            "hunks": [{"old": [1, 2], "new": [1, 2]}],
        }
        await done(client, "git_add", paths=["new.txt"], unstage=True)
        await done(client, "git_commit", message="Second\n\nWhy it was done.")
        (commit,) = (await output(client, "git_log", limit=1, files=True))["commits"]
        assert "+changed" in await done(client, "git_show", revision=commit["commit"])
    about = {key: commit[key] for key in ("author", "email", "subject", "body", "files")}
    assert about == {
        "author": "Grace",
        "email": "grace@example.com",
        "subject": "Second",
        "body": "Why it was done.",
        "files": [{"path": "src/a.txt", "added": 1, "deleted": 1}],
    }
    assert git(site, "status", "--short") == "?? new.txt"


@TIERS
async def test_work_goes_on_in_branches_stashes_and_work_trees(site: Site, tier: Tier) -> None:
    site.pin(tier)
    write(site, "new.txt", "new\n")
    async with served(site) as client:
        await done(client, "git_stash", action="push", untracked=True)
        assert (await output(client, "git_status"))["stashes"] == 1
        await done(client, "git_switch", branch="topic", create=True)
        await done(client, "git_stash", action="pop")
        assert (site.workspace / "new.txt").read_text() == "new\n"
        await done(client, "git_worktree", action="add", path="trees/x", revision="main")
        write(site, "trees/x/src/a.txt", "in the tree\n")
        there = await output(client, "git_status", repository="trees/x")
        assert there["entries"] == [{"path": "trees/x/src/a.txt", "worktree": "modified"}]
        await done(client, "git_add", repository="trees/x", paths=["trees/x/src/a.txt"])
        await done(client, "git_commit", repository="trees/x", message="In the tree")
    assert git(site, "log", "--format=%s", "main").splitlines() == ["In the tree", "First"]
    assert git(site, "log", "--format=%s", "topic") == "First"


async def test_submodules_are_looked_into_and_worked_in(site: Site) -> None:
    (site.workspace / "sub").mkdir()
    git(site, "init", "--quiet", cwd="sub")
    write(site, "sub/s.txt", "one\n")
    git(site, "add", ".", cwd="sub")
    git(site, "commit", "--quiet", "--message=sub", cwd="sub")
    git(site, "-c", "advice.addEmbeddedRepo=false", "add", "sub")
    git(site, "commit", "--quiet", "--message=with sub")
    write(site, "sub/s.txt", "two\n")
    async with served(site) as client:
        assert (await output(client, "git_status"))["entries"] == [
            {"path": "sub", "worktree": "modified", "submodule": ["modified content"]}
        ]
        assert (await output(client, "git_status", repository="sub"))["entries"] == [
            {"path": "sub/s.txt", "worktree": "modified"}
        ]


async def test_a_filter_that_is_required_is_told(client: Connected, site: Site) -> None:
    git(site, "config", "filter.lfs.clean", "git-lfs clean")
    git(site, "config", "filter.lfs.required", "true")
    write(site, ".gitattributes", "*.bin filter=lfs\n")
    write(site, "a.bin", "x\n")
    result = await call(client, "git_add", paths=["a.bin"])
    assert "Next: The file needs a filter" in text(result)


async def test_what_destroys_needs_a_person(client: Connected, site: Site) -> None:
    write(site, "src/a.txt", "not committed\n")
    for tool, arguments in (
        ("git_restore", {"paths": ["src/a.txt"]}),
        ("git_worktree", {"action": "remove", "path": "src"}),
    ):
        error = refusal(await call(client, tool, **arguments))
        assert error["code"] == "approval_required"
    assert (site.workspace / "src" / "a.txt").read_text() == "not committed\n"


async def test_every_kind_of_entry_is_told(site: Site) -> None:
    for name in ("renamed", "deleted", "link", "both"):
        write(site, name, f"{name} {name}\n" * 3)
    git(site, "add", ".")
    git(site, "commit", "--quiet", "--message=more")
    git(site, "switch", "--quiet", "--create=theirs")
    write(site, "both", "theirs\n")
    git(site, "commit", "--quiet", "--all", "--message=theirs")
    git(site, "switch", "--quiet", "main")
    write(site, "both", "ours\n")
    git(site, "commit", "--quiet", "--all", "--message=ours")
    git(site, "merge", "--quiet", "theirs", check=False)
    git(site, "mv", "renamed", "new name")
    (site.workspace / "deleted").unlink()
    (site.workspace / "link").unlink()
    (site.workspace / "link").symlink_to("both")
    async with served(site) as client:
        entries = (await output(client, "git_status"))["entries"]
        told = text(await call(client, "git_status"))
        changed = (await output(client, "git_diff"))["files"]
        patch = await done(client, "git_diff", paths=["link"])
    assert entries == [
        {"path": "deleted", "worktree": "deleted"},
        {"path": "link", "worktree": "type changed"},
        {"from": "renamed", "path": "new name", "index": "renamed"},
        {"path": "both", "conflict": "both modified"},
    ]
    assert "R  new name <- renamed\nUU both (both modified)" in told
    assert {one["path"]: one["status"] for one in changed} == {
        "both": "conflict",
        "deleted": "deleted",
        "link": "type changed",
    }
    assert "deleted file mode" in patch
    assert "new file mode 120000" in patch


async def test_names_that_nobody_can_give_are_escaped_and_marked(site: Site) -> None:
    names = [b"line\nend", b"\xff\xfe", b"esc\x1b[2J", 'quo"te and space é'.encode()]
    for name in names:
        write(site, name, "one\n")
    shown = [r"esc\x1b[2J", r"line\nend", 'quo"te and space é', r"\xff\xfe"]
    async with served(site) as client:
        entries = (await output(client, "git_status"))["entries"]
        assert [one["path"] for one in entries] == shown
        assert [one.get("odd", False) for one in entries] == [True, True, False, True]
        assert "\x1b" not in text(await call(client, "git_status"))
        await done(client, "git_add", paths=["."])
        await done(client, "git_commit", message="odd names")
        (commit,) = (await output(client, "git_log", limit=1, files=True))["commits"]
        assert [one["path"] for one in commit["files"]] == shown
        (shown_commit,) = [(await output(client, "git_show"))["files"]]
        assert [one["path"] for one in shown_commit] == shown
        matches = (await output(client, "git_grep", pattern="one"))["matches"]
        assert [one["path"] for one in matches] == [*shown[:3], "src/a.txt", shown[3]]


async def test_a_list_goes_on_where_it_says_until_it_ends(site: Site) -> None:
    for number in range(24):
        git(site, "commit", "--quiet", "--allow-empty", f"--message=commit {number}")
        git(site, "tag", f"v{number}")
    async with served(site) as client:
        for tool, items, count, limit in (
            ("git_log", "commits", 25, 10),
            ("git_tags", "tags", 24, 10),
        ):
            found, arguments = [], {"limit": limit}
            while True:
                result = await call(client, tool, **arguments)
                found += structure(result)["output"][items]
                following = structure(result).get("next")
                if following is None:
                    break
                assert following["tool"] == tool
                arguments = following["arguments"]
                assert f"{tool}(limit={limit}, skip={arguments['skip']})" in text(result)
            assert len(found) == count
            assert len({str(one) for one in found}) == count


async def test_more_than_an_answer_shows_is_read_whole(site: Site) -> None:
    names = [f"{'x' * 60}-{number:04}" for number in range(2_000)]
    for name in names:
        write(site, name, "")
    async with served(site) as client:
        arguments: dict[str, Any] = {"limit": 1000}
        found = []
        while arguments:
            result = await call(client, "git_status", **arguments)
            assert len(text(result)) < 200_000
            found += [one["path"] for one in structure(result)["output"]["entries"]]
            arguments = structure(result).get("next", {}).get("arguments", {})
    assert found == names


async def test_a_long_patch_can_be_read_on(site: Site) -> None:
    write(site, "src/a.txt", "".join(f"line {number}\n" for number in range(20_000)))
    async with served(site) as client:
        result = await call(client, "git_diff")
        assert structure(result)["output"]["files"][0]["added"] == 20_000
        asked = re.search(
            r'read_output\(call_id="(\w+)", stream="stdout", offset=(\d+)', text(result)
        )
        assert asked is not None
        rest = await call(
            client, "read_output", call_id=asked[1], stream="stdout", offset=int(asked[2])
        )
    head = structure(result)["stdout"].partition("\n[… ")[0].partition("\n\n")[2]
    whole = git(site, "diff", "--no-color")
    assert whole.startswith(head + structure(rest)["text"])
    assert len(head) > 1_000


async def test_patches_are_of_the_files_that_are_listed(site: Site) -> None:
    for name in "bcd":
        write(site, name, f"{name}\n")
    git(site, "add", ".")
    async with served(site) as client:
        first = await call(client, "git_diff", staged=True, limit=2)
        second = await call(client, "git_diff", **structure(first)["next"]["arguments"])
    assert [("+++ b/" + name in text(first)) for name in "bcd"] == [True, True, False]
    assert [("+++ b/" + name in text(second)) for name in "bcd"] == [False, False, True]
    assert "next" not in structure(second)


async def test_blame_begins_at_a_line_and_says_the_next(site: Site) -> None:
    write(site, "src/a.txt", "one\ntwo\nthree\n")
    async with served(site) as client:
        result = await call(client, "git_blame", path="src/a.txt", start=2, limit=2)
    value = structure(result)["output"]
    assert [(one["line"], one["text"]) for one in value["lines"]] == [(2, "two"), (3, "three")]
    assert value["commits"][value["lines"][0]["commit"]] == {
        "author": "Ada",
        "email": "a@b.c",
        "date": "2026-01-31T12:00:00+01:00",
        "subject": "First",
    }
    assert structure(result)["next"]["arguments"]["start"] == 4


async def test_files_tags_and_folders_can_be_shown(site: Site) -> None:
    git(site, "tag", "--annotate", "v1", "--message=Version one")
    async with served(site) as client:
        assert (await done(client, "git_show", revision="v1:src/a.txt")).endswith("one\ntwo")
        assert "a.txt" in await done(client, "git_show", revision="HEAD:src")
        tagged = await output(client, "git_show", revision="v1")
        assert (tagged["subject"], tagged["body"]) == ("First", "With a body.")
        assert "Version one" in tagged["tag"]
        (tag,) = (await output(client, "git_tags"))["tags"]
        assert (tag["name"], tag["annotated"], tag["commit"]) == ("v1", True, tagged["commit"])


async def test_upstream_and_detached_head_are_told(site: Site) -> None:
    git(site, "branch", "base")
    git(site, "branch", "--quiet", "--set-upstream-to=base")
    git(site, "commit", "--quiet", "--allow-empty", "--message=more")
    async with served(site) as client:
        status = await output(client, "git_status")
        assert (status["upstream"], status["ahead"], status["behind"]) == ("base", 1, 0)
        main = next(
            one
            for one in (await output(client, "git_branches"))["branches"]
            if one["name"] == "main"
        )
        assert (main["current"], main["upstream"], main["ahead"]) == (True, "base", 1)
        await done(client, "git_switch", branch="HEAD~1", detach=True)
        assert (await output(client, "git_status"))["branch"] is None
        assert "HEAD detached at" in text(await call(client, "git_status"))


_FAILURES: list[tuple[str, dict[str, Any], str]] = [
    ("git_log", {"revision": "nope"}, "Name a branch, a tag or a commit"),
    ("git_show", {"revision": "HEAD:nope"}, "git_status and git_log name the paths"),
    ("git_blame", {"path": "src/a.txt", "start": 99}, "Begin at a line"),
    ("git_commit", {"message": "x"}, "Stage something with git_add"),
    ("git_switch", {"branch": "nope"}, "Name a branch"),
    ("git_status", {"repository": "src"}, "There is no repository here"),
    ("git_diff", {"repository": "src"}, "There is no repository here"),
    ("git_stash", {"action": "pop", "number": 3}, "Nothing is put away"),
]


async def test_a_failure_says_the_next_step(client: Connected) -> None:
    for tool, arguments, told in _FAILURES:
        result = await call(client, tool, **arguments)
        assert result.is_error, tool
        assert f"Next: {told}" in text(result)
        assert "output" not in structure(result)


async def test_a_commit_without_an_author_says_who_can_name_one(site: Site) -> None:
    git(site, "config", "--unset", "user.name")
    git(site, "config", "--unset", "user.email")
    write(site, "src/a.txt", "changed\n")
    async with served(site) as client:
        result = await call(client, "git_commit", message="x", all=True)
    assert result.is_error
    assert "Next: Nobody is named as the author" in text(result)


async def test_the_owner_can_name_the_author_over_the_pack(site: Site) -> None:
    names = ", ".join(
        f'GIT_{role}_{key} = "{value}"'
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", "Agent"), ("EMAIL", "agent@example.com"))
    )
    over = f'[[tool]]\nname = "git_commit"\nenv = {{ GIT_DIR = ".git", {names} }}\n'
    site.file.write_text(f"{SERVER_FILE}\n{over}")
    write(site, "src/a.txt", "changed\n")
    async with served(site) as client:
        await done(client, "git_commit", message="x", all=True)
        (commit,) = (await output(client, "git_log", limit=1))["commits"]
    assert commit["author"] == "Agent"


async def test_an_empty_repository_and_one_that_comes_later(tmp_path: Path) -> None:
    site = Site.build(tmp_path, SERVER_FILE)
    hand_over(site.workspace)
    async with served(site) as client:
        assert "There is no repository here" in text(await call(client, "git_status"))
        git(site, "init", "--quiet", "--initial-branch=main")
        git(site, "config", "user.name", "Grace")
        git(site, "config", "user.email", "grace@example.com")
        write(site, "a", "one\n")
        status = await output(client, "git_status")
        assert (status["branch"], status["commit"]) == ("main", None)
        assert "has no commits yet" in text(await call(client, "git_log"))
        await done(client, "git_add", paths=["a"])
        await done(client, "git_add", paths=["a"], unstage=True)
        await done(client, "git_add", paths=["a"])
        await done(client, "git_commit", message="first")
        assert len((await output(client, "git_log"))["commits"]) == 1


_REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("git_log", {"revision": "--output=x"}, "argument_invalid"),
    ("git_show", {"revision": "-p"}, "argument_invalid"),
    ("git_grep", {"pattern": "x", "revision": "-Ox"}, "argument_invalid"),
    ("git_switch", {"branch": "--orphan"}, "argument_invalid"),
    ("git_switch", {"branch": "x", "start": "-f"}, "argument_invalid"),
    ("git_worktree", {"action": "add", "path": "../out"}, "path_outside_workspace"),
    ("git_worktree", {"action": "add", "path": "t", "revision": "-f"}, "argument_invalid"),
    ("git_add", {"paths": ["../handrail.toml"]}, "path_outside_workspace"),
    ("git_status", {"repository": ".."}, "path_outside_workspace"),
    ("git_log", {"limit": 10**9}, "argument_invalid"),
]


async def test_no_argument_is_an_option_or_leads_out(client: Connected) -> None:
    for tool, arguments, code in _REFUSED:
        assert refusal(await call(client, tool, **arguments))["code"] == code, (tool, arguments)


async def test_paths_mean_themselves(client: Connected, site: Site) -> None:
    write(site, "[ab]*.txt", "literal\n")
    write(site, "a.txt", "not meant\n")
    await done(client, "git_add", paths=["[ab]*.txt"])
    entries = {one["path"]: one for one in (await output(client, "git_status"))["entries"]}
    assert entries["[ab]*.txt"] == {"path": "[ab]*.txt", "index": "added"}
    assert entries["a.txt"]["worktree"] == "untracked"
    result = await call(client, "git_add", paths=[":(glob)**"])
    assert "did not match any files" in text(result)


async def test_hooks_and_signing_do_not_run(client: Connected, site: Site) -> None:
    mark = site.workspace / "ran"
    for name in ("pre-commit", "post-checkout", "gpg"):
        trap = site.workspace / ".git" / "hooks" / name
        trap.parent.mkdir(exist_ok=True)
        trap.write_text(f"#!/bin/sh\ntouch {mark}\nexit 1\n")
        trap.chmod(0o755)
    git(site, "config", "commit.gpgSign", "true")
    git(site, "config", "gpg.program", str(site.workspace / ".git" / "hooks" / "gpg"))
    write(site, "src/a.txt", "changed\n")
    await done(client, "git_commit", message="x", all=True)
    await done(client, "git_switch", branch="y", create=True)
    assert not mark.exists()
    write(site, "src/a.txt", "again\n")
    git(site, "commit", "--all", "--message=x", check=False)
    assert mark.exists()
