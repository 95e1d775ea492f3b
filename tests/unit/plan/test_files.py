"""A call of a files tool is planned in words, and told where its paths led when it was judged."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handrail.errors import ArgumentError, PathOutsideWorkspace
from handrail.plan.plan import Plan
from handrail.policy.caller import LOCAL
from handrail.policy.decision import Decision
from handrail.policy.judge import judge
from handrail.spec.server import Tier
from handrail.spec.tool import Effect, FilesSpec
from handrail.systems.files.refused import Refused
from handrail.systems.files.tree import Tree
from tests.builders import host, planned, rule


def files_tool(operation: str, **keys: Any) -> FilesSpec:
    declared = {"name": "t", "description": "A tool.", "files": operation, **keys}
    return FilesSpec.model_validate_json(json.dumps(declared))


def plan(workspace: Path, operation: str, keys: dict[str, Any] | None = None, **given: Any) -> Plan:
    return planned(files_tool(operation, **(keys or {})), given, host(workspace))


def told(made: Plan) -> dict[str, Any]:
    assert isinstance(made.stdin, bytes)
    said: dict[str, Any] = json.loads(made.stdin)
    return said


def test_words_say_what_is_asked_and_long_texts_come_beside(tmp_path: Path) -> None:
    made = plan(tmp_path, "write", path="a/b", content="one\ntwo\n")
    assert made.argv[1:] == ("write", 'path="./a/b"', "executable=false")
    assert told(made)["texts"] == {"content": "one\ntwo\n"}
    assert (made.effect, made.access.writable) == (Effect.WRITE, (tmp_path,))
    read = plan(tmp_path, "read", path="a")
    assert (read.effect, read.access.writable, read.network) == (Effect.READ, (), False)
    assert read.access.readable == (tmp_path,)


def test_a_tool_says_where_it_writes(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    made = plan(tmp_path, "write", {"writable": [str(tmp_path / "docs")]}, path="x", content="")
    assert told(made)["setting"]["writable"] == ["docs"]
    assert told(made)["setting"]["kept"] == ["handrail.toml"]
    assert told(made)["setting"]["hidden"] == [".handrail"]


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "out/x"])
def test_a_way_out_is_refused_before_anything_is_done(tmp_path: Path, path: str) -> None:
    (tmp_path / "out").symlink_to("/")
    with pytest.raises(PathOutsideWorkspace):
        plan(tmp_path, "read", path=path)


def test_arguments_are_checked(tmp_path: Path) -> None:
    for given in ({}, {"path": 3}, {"path": "a", "limit": 0}, {"path": "a\0"}, {"pth": "a"}):
        with pytest.raises(ArgumentError):
            plan(tmp_path, "read", **given)


def test_rules_see_where_a_path_leads(tmp_path: Path) -> None:
    (tmp_path / "real").touch()
    (tmp_path / "link").symlink_to("real")
    made = plan(tmp_path, "read", path="link")
    denied = rule("deny", params={"path": "real"})
    assert judge(made, [denied], Tier.LANDLOCK, LOCAL).decision is Decision.DENY


def test_the_work_does_nothing_elsewhere_than_was_judged(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("real")
    (tmp_path / "denied").write_text("denied")
    link = tmp_path / "link"
    link.symlink_to("real")
    places = told(plan(tmp_path, "read", path="link"))["setting"]["judged"]
    root = os.open(tmp_path, os.O_PATH)
    tree = Tree(root, judged=places)
    os.close(tree.open("./link").descriptor)
    link.unlink()
    link.symlink_to("denied")
    with pytest.raises(Refused) as refused:
        tree.open("./link")
    assert refused.value.told["code"] == "busy"
    os.close(replace(tree, judged={}).open("./link").descriptor)
    os.close(root)
