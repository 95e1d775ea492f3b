"""docs/new.md tells what `handrail new` asks, and its examples are right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from handrail.cli.main import run
from handrail.scaffold.answers import read_answers
from handrail.scaffold.presets import PRESETS
from handrail.scaffold.questions import PARTS
from tests.cli.new_pictures import SIZES, pictures

_DOCS = Path(__file__).parents[2] / "docs"
_DOCUMENT = (_DOCS / "new.md").read_text()
_OF_TOKENS = "auth.jwt."


def test_every_question_is_in_the_table_in_its_order() -> None:
    rows = re.findall(r"^\| +(?:\d+ )?(.+\?) \| `([\w.]+)`", _DOCUMENT, re.MULTILINE)

    asked = [(part.ask, part.key) for _, part in PARTS if not part.key.startswith(_OF_TOKENS)]
    assert rows == asked


def test_every_preset_is_in_the_table() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", _DOCUMENT, re.MULTILINE)

    assert rows == [(name, one.words) for name, one in PRESETS.items()]


def test_the_answers_are_taken(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", _DOCUMENT, re.DOTALL)
    (tmp_path / "answers.toml").write_text(example)

    assert read_answers(tmp_path / "answers.toml").said("limits.timeout") == "2m"
    assert run(["new", str(tmp_path), "--answers", str(tmp_path / "answers.toml"), "--yes"]) < 2


def test_the_mistakes_are_told_in_these_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("answers.toml").write_text('chnges = "files"\nruns = "docker"\nauth = "none"\n')

    assert run(["new", "--answers", "answers.toml", "--set", "server.name=", "--yes"]) == 2

    assert f"```\n{capsys.readouterr().err}```" in _DOCUMENT


@pytest.mark.parametrize("name", SIZES)
def test_the_screens_are_of_their_size(name: str) -> None:
    columns, rows = SIZES[name]
    text = (_DOCS / "pictures" / name).read_text()

    assert all(len(line) in (0, columns + 2) for line in text.splitlines())
    assert all(len(one.strip().splitlines()) <= rows + 2 for one in text.split("\n\n╭"))


@pytest.mark.nightly
def test_the_screens_are_those_of_today() -> None:
    for name, text in pictures():
        assert (_DOCS / "pictures" / name).read_text() == text
