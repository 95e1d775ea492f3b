"""Scripts of a package.json become tools."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from handrail.errors import SpecError, UsageError
from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.sources import imported
from tests.cli.terminal import handrail
from tests.running import hand_over
from tests.unit.scaffold.imports.drafting import errors, server_file

SCRIPTS = {
    "pretest": "tsc",
    "test": "jest --ci",
    "test:unit": 'jest "a b" && echo ${HOME} {x}',
    "prebuilt": "true",
    "clean": "rm -rf dist",
    "prepare": "husky",
    "two words": "x",
    "--x": "y",
}


def drafts(folder: Path, scripts: Any, *only: str) -> tuple[Draft, ...]:
    (folder / "package.json").write_text(json.dumps({"name": "x", "scripts": scripts}))
    return imported("npm", str(folder), only)


def test_each_script_becomes_a_tool_but_for_hooks(tmp_path: Path) -> None:
    found = {draft.name: draft for draft in drafts(tmp_path, SCRIPTS)}

    assert list(found) == ["npm_test", "npm_test_unit", "npm_prebuilt", "npm_clean"]
    unit = found["npm_test_unit"].tool
    assert unit["args"] == ["run", "--silent", "test:unit"]
    assert unit["description"].endswith('npm script "test:unit": jest "a b" && echo ${HOME} {x}')
    assert found["npm_clean"].tool["effect"] == "destructive"
    assert "unusual names were left out: two words, --x" in found["npm_test"].notes[0]
    assert errors(tmp_path, list(found.values())) == []


def test_a_hook_that_is_asked_for_is_taken(tmp_path: Path) -> None:
    assert [one.name for one in drafts(tmp_path, SCRIPTS, "pretest")] == ["npm_pretest"]


def test_many_scripts_become_one_tool(tmp_path: Path) -> None:
    (whole,) = drafts(tmp_path, {f"job{number}": "true" for number in range(20)})
    assert (whole.name, len(whole.tool["params"]["script"]["choices"])) == ("npm", 20)
    assert errors(tmp_path, [whole]) == []


def test_more_scripts_than_anybody_reads_are_cut(tmp_path: Path) -> None:
    (whole,) = drafts(tmp_path, {f"job{number}": "true" for number in range(5000)})
    assert len(whole.tool["params"]["script"]["choices"]) == 200
    assert "Only the first 200 of 5000" in whole.notes[0]


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_a_tool_from_a_script_runs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "package.json").write_text('{"scripts": {"greet": "echo hello"}}')
    server_file(tmp_path, imported("npm", "", []))
    hand_over(tmp_path)

    done = handrail("call", "npm_greet", "--file", "handrail.json", folder=tmp_path)
    assert done.out.strip() == "hello", done.err


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('{"scripts": [1]}', (1, 13), "scripts: must be a table"),
        ("[]", (1, 1), "its top is a list"),
        ('{"a": 1,\n "a": 2}', (2, 2), '"a" is given twice'),
        ('{"a": }', (1, 7), "not valid JSON"),
        ('{"a":' * 100_000, (1, 1), "nested too deeply"),
        ('{"a":' * 900 + '{"b":1,"b":2}' + "}" * 900, (1, 1), "nested too deeply"),
    ],
)
def test_mistakes_are_located(
    tmp_path: Path, text: str, place: tuple[int, int], message: str
) -> None:
    (tmp_path / "package.json").write_text(text)
    with pytest.raises(SpecError) as refused:
        imported("npm", str(tmp_path), [])
    one = refused.value.diagnostics[0]
    assert message in one.message
    assert (one.place.line, one.place.column) == place


def test_without_scripts_there_is_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no scripts"):
        drafts(tmp_path, {"-x": "y"})
