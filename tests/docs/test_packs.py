"""docs/packs.md tells what the packs have, and its examples are right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from handrail.lint.lint import lint
from handrail.spec.load import read
from handrail.spec.packs import Pack, pack
from handrail.spec.tool import Effect
from handrail.spec.use import shipped

_DOCUMENT = (Path(__file__).parents[2] / "docs" / "packs.md").read_text()
_EXAMPLES = [one for one in re.findall(r"```toml\n(.*?)```", _DOCUMENT, re.DOTALL) if "[[" in one]


def _row(one: Pack) -> str:
    names = [
        ", ".join(f"`{each.spec.name}`" for each in one.tools if each.spec.effect is effect)
        for effect in Effect
    ]
    return " | ".join([f"| `{one.name}`", *(each or "-" for each in names)]) + " |"


def test_the_table_has_every_tool_of_every_pack() -> None:
    expected = [_row(pack(name)) for name in shipped()]

    assert [line for line in _DOCUMENT.splitlines() if line.startswith("| `")] == expected


@pytest.mark.parametrize("example", _EXAMPLES)
def test_a_tool_of_a_pack_can_be_changed_in_this_way(tmp_path: Path, example: str) -> None:
    file = tmp_path / "handrail.toml"
    file.write_text(f'config_version = 1\nuse = ["git:read"]\n{example}')

    assert read(file, {}).judge(lint) == []
