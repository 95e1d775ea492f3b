"""`inspect` and `explain` as somebody else: what they would see, and what they would be told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from handrail.cli.main import run
from handrail.plan.own_tree import tree_name
from tests.running import hand_over

FILE = """
config_version = 1
[workspace]
root = "rooms"
per_caller = true
[programs]
touch = {}
[access]
local = ["guest"]
[access.roles.guest]
tools = ["look"]
[access.roles.owner]
tools = ["*"]
limits = { rate = "60/minute burst 10" }
[access.limits]
calls = "1000/day"
wall = "90s/15m"
[access.total]
stored = "5GiB/day"
[[tool]]
name = "look"
description = "Look."
program = "touch"
args = ["-c"]
[[tool]]
name = "mark"
description = "Leave a mark."
program = "touch"
args = ["{place}"]
effect = "write"
requires = ["painter"]
params.place = { type = "path", default = "hall" }
[[rule]]
tool = "mark"
caller = "mallory"
decision = "deny"
reason = "Not you."
"""
TABLE = """\
        local     guest     owner               all together
look    yes       yes       yes
mark    no        no        with painter
rate    -         -         60/minute burst 10  -
calls   1000/day  1000/day  1000/day            -
wall    90s/15m   90s/15m   90s/15m             -
stored  -         -         -                   5GiB/day
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "rooms").mkdir()
    hand_over(tmp_path / "rooms")
    (tmp_path / "handrail.toml").write_text(FILE)
    return tmp_path / "handrail.toml"


def printed(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert run([*words]) == code
    got = capsys.readouterr()
    return got.out if code == 0 else got.err


def test_inspect_has_a_table_of_who_may_use_what(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(capsys, "inspect", str(file)).endswith(f"\n{TABLE}")
    facts = json.loads(printed(capsys, "inspect", str(file), "--json"))["access"]
    assert facts["callers"]["owner"] == {
        "tools": ["look"],
        "budget": {"rate": "60/minute burst 10", "calls": "1000/day", "wall": "90s/15m"},
    }
    assert facts["total"] == {"stored": "5GiB/day"}


def test_without_roles_and_budgets_there_is_no_table(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(
        'config_version = 1\n[programs]\ntouch = {}\n[[tool]]\nname = "look"\n'
        'description = "Look."\nprogram = "touch"\n'
    )
    assert "together" not in printed(capsys, "inspect", str(file))


def test_inspect_shows_what_one_caller_sees(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def seen(*words: str) -> tuple[str, list[str]]:
        facts = json.loads(printed(capsys, "inspect", str(file), *words, "--json"))
        return Path(facts["workspace"]).name, [tool["name"] for tool in facts["tools"]]

    assert seen() == ("rooms", ["look", "mark"])
    assert seen("--caller", "ann", "--role", "owner") == (tree_name("ann"), ["look"])
    painter = ("--caller", "ann", "--role", "owner", "--role", "painter")
    assert seen(*painter) == (tree_name("ann"), ["look", "mark"])
    assert seen("--caller", "local") == (tree_name("local"), ["look"])
    assert seen("--caller", "ann") == (tree_name("ann"), [])
    assert list((file.parent / "rooms").iterdir()) == []


def test_explain_judges_as_the_caller(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("explain", "mark", "--file", str(file), "--json")
    painter = ("--role", "owner", "--role", "painter")

    owner = json.loads(printed(capsys, *words))
    ann = json.loads(printed(capsys, *words, "--caller", "ann", *painter))
    mallory = json.loads(printed(capsys, *words, "--caller", "mallory", *painter))
    refused = printed(capsys, *words, "--caller", "ann", "--role", "owner", code=1)

    assert Path(owner["cwd"]).name == tree_name("local")
    assert (Path(ann["cwd"]).name, ann["verdict"]["decision"]) == (tree_name("ann"), "allow")
    assert mallory["verdict"]["decision"] == "deny"
    assert refused.startswith("denied: ann may not use `mark`")
