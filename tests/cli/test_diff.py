"""`handrail diff` between files, saved lists and running servers, good and bad."""

from __future__ import annotations

import io
import json
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from handrail.cli.main import run
from handrail.errors import UsageError
from handrail.scaffold.compare.served import ask
from tests.cli.terminal import Printed, handrail
from tests.running import hand_over
from tests.served.serving import http_process
from tests.served.site import Site

_OLD = """\
config_version = 1
use = ["git:read"]
[programs.echo]
[[tool]]
name = "say"
description = "Say a word."
program = "echo"
args = ["{word}", ["{how}"]]
params.word = { choices = ["yes", "no"], required = true }
params.how = { max_length = 9 }
[[tool]]
name = "shout"
description = "Say it loudly."
program = "echo"
"""
_NEW = _OLD.replace('["yes", "no"]', '["yes"]').replace("max_length = 9", "max_length = 10")
_KEY = "a-key-that-nobody-may-see"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "old.toml").write_text(_OLD)
    (tmp_path / "handrail.toml").write_text(_NEW)
    return tmp_path


def _diff(folder: Path, *words: str) -> Printed:
    """The command in this process, which is faster."""
    out, err = io.StringIO(), io.StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        code = run(["diff", *words])
    return Printed(code, out.getvalue(), err.getvalue())


def test_a_file_is_compared_with_the_one_here(folder: Path) -> None:
    done = handrail("diff", "old.toml", folder=folder)

    assert done.code == 1
    assert done.out == (
        "handrail.toml:9:27 breaking[B005] say: param word takes fewer values: "
        'enum was ["yes", "no"], is ["yes"]\n'
        "handrail.toml:10:29 compatible[C008] say: param how has a wider bound: "
        "maxLength was 9, is 10\n"
    )
    assert done.err == (f"old: old.toml\nnew: {folder}/handrail.toml\n1 breaking, 1 compatible\n")


def test_only_what_breaks_is_printed_and_decides(folder: Path) -> None:
    (folder / "wider.toml").write_text(_OLD.replace("max_length = 9", "max_length = 10"))
    broken = _diff(folder, "old.toml", "--breaking")
    mended = _diff(folder, "handrail.toml", "old.toml", "--breaking")
    wider = _diff(folder, "old.toml", "wider.toml", "--breaking")
    same = _diff(folder, "old.toml", "old.toml")

    assert (broken.code, broken.out.count("\n"), broken.out.count("B005")) == (1, 1, 1)
    assert (mended.code, mended.out.count("\n"), mended.out.count("B008")) == (1, 1, 1)
    assert (wider.code, wider.out, wider.err) == (0, "", "0 breaking, 1 compatible\n")
    assert (same.code, same.out, same.err) == (0, "", "nothing changed for clients\n")


def test_it_is_printed_for_programs(folder: Path) -> None:
    found = json.loads(_diff(folder, "old.toml", "--format", "json").out)

    assert found[0] == {
        "file": "handrail.toml",
        "line": 9,
        "column": 27,
        "breaking": True,
        "code": "B005",
        "tool": "say",
        "at": "/inputSchema/properties/word/enum",
        "message": 'param word takes fewer values: enum was ["yes", "no"], is ["yes"]',
        "documentation": "docs/diff.md",
    }
    assert [one["breaking"] for one in found] == [True, False]
    nothing = _diff(folder, "old.toml", "old.toml", "--format", "json")
    assert json.loads(nothing.out) == []


def test_tools_of_packs_are_placed_at_their_use(folder: Path) -> None:
    (folder / "handrail.toml").write_text(_OLD.replace('"git:read"', '"files:read"'))

    done = _diff(folder, "old.toml", "--breaking")

    assert "old.toml:2:8 breaking[B001] git_status: the tool is gone\n" in done.out


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site.build(tmp_path, _OLD)
    hand_over(site.folder)
    return site


def test_a_running_server_is_what_its_file_says(site: Site) -> None:
    (site.folder / "new.toml").write_text(_NEW)
    with http_process(site) as (_, url):
        same = handrail("diff", "handrail.toml", url, folder=site.folder)
        other = handrail("diff", url, "new.toml", "--breaking", folder=site.folder)

    assert (same.code, same.out, same.err) == (0, "", "nothing changed for clients\n")
    assert other.code == 1
    assert other.out.startswith("new.toml:9:27 breaking[B005] say: param word takes fewer values")


def test_a_saved_list_is_compared(site: Site) -> None:
    saved = handrail("inspect", "handrail.toml", "--json", folder=site.folder)
    assert saved.code == 0, saved.err
    (site.folder / "saved.json").write_text(saved.out)
    answer = {"jsonrpc": "2.0", "id": 1, "result": {"tools": json.loads(saved.out)["tools"][:1]}}
    (site.folder / "answer.json").write_text(json.dumps(answer))

    same = _diff(site.folder, "saved.json", "handrail.toml")
    fewer = _diff(site.folder, "handrail.toml", "answer.json", "--breaking")

    assert (same.code, same.out) == (0, "")
    assert "handrail.toml:11:1 breaking[B001] shout: the tool is gone\n" in fewer.out


def test_a_server_gets_the_key_that_was_named_for_it(site: Site) -> None:
    site.file.write_text(f'{_OLD}[auth]\nkeys = ".handrail/keys.json"\n')
    made = handrail("key", "new", "ann", "--json", folder=site.folder)
    key = json.loads(made.out)["key"]
    with http_process(site) as (_, url):
        without = handrail("diff", url, "handrail.toml", folder=site.folder, HANDRAIL_KEY=key)
        right = handrail("diff", url, "--old-key", "K", folder=site.folder, K=key)
        with pytest.raises(UsageError) as wrong:
            ask(url, _KEY)

    assert (right.code, right.out) == (0, ""), right.err
    assert (without.code, without.out) == (2, "")
    assert f"error: D102: {url}: " in without.err
    assert wrong.value.message.startswith("D102: ")
    assert _KEY not in wrong.value.message


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "requires an argument"),
        (["nothing.toml"], "nothing.toml:1:1 error[E104] there is no such file"),
        (["broken.json"], "broken.json:1:2 error[E106] not valid JSON"),
        (["old.toml", "odd.json"], "D105: odd.json: tools[0].inputSchema is null, not a table"),
        (["twice.json"], "D105: twice.json: 'a' is the name of two tools"),
        (["deep.json"], "D105: deep.json: more than 100 tables and lists in one another"),
        (["https://ann:secret@example.com"], "a URL with a password in it"),
        (["old.toml", "--old-key", "K"], "--old-key is for a URL, and old.toml is a file"),
        (["http://127.0.0.1:1", "--old-key", "NONE"], "there is no such environment variable"),
    ],
)
def test_what_cannot_be_compared_is_told(folder: Path, words: list[str], message: str) -> None:
    deep = '{"tools": [{"name": "a", "inputSchema": ' + '{"not":' * 150 + "{}" + "}" * 150 + "}]}"
    one = '{"name": "a", "inputSchema": {}}'
    (folder / "broken.json").write_text("{tools")
    (folder / "odd.json").write_text('{"tools": [{"name": "a"}]}')
    (folder / "twice.json").write_text(f'{{"tools": [{one}, {one}]}}')
    (folder / "deep.json").write_text(deep)

    done = _diff(folder, *words)

    assert (done.code, done.out) == (2, "")
    assert message in done.err
