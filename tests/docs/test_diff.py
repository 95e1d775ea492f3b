"""docs/diff.md tells all codes, and its examples print what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from handrail.scaffold.compare.codes import BREAKING, COMPATIBLE
from tests.cli.terminal import handrail

_DOCUMENT = (Path(__file__).parents[2] / "docs" / "diff.md").read_text()
_FILES = re.findall(r"`(\w+\.toml)`:\n\n```toml\n(.*?)```", _DOCUMENT, re.DOTALL)
_EXAMPLES = re.findall(r"```\n\$ handrail (.*)\n((?:.*\n)*?)```", _DOCUMENT)


def test_the_table_has_every_code() -> None:
    rows = re.findall(r"^\| ([BC]\d+) \| (.*) \|$", _DOCUMENT, re.MULTILINE)

    assert rows == [*BREAKING.items(), *COMPATIBLE.items()]


@pytest.mark.parametrize(("command", "printed"), _EXAMPLES)
def test_an_example_prints_what_it_says(tmp_path: Path, command: str, printed: str) -> None:
    for name, text in _FILES:
        (tmp_path / name).write_text(text)

    done = handrail(*shlex.split(command), folder=tmp_path)

    assert (done.out, done.code) == (printed, 1)


def test_there_are_examples() -> None:
    assert [name for name, _ in _FILES] == ["old.toml", "new.toml"]
    assert len(_EXAMPLES) == 2
