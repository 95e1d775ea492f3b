"""docs/access.md shows server files that are right, and names every key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from handrail.lint.lint import lint
from handrail.spec.access import AccessTable, BudgetTable, RoleSpec
from handrail.spec.load import read

_DOCUMENT = (Path(__file__).parents[2] / "docs" / "access.md").read_text()
_REFERENCE = (Path(__file__).parents[2] / "docs" / "server-file.md").read_text()
_EXAMPLES = re.findall(r"```toml\n(.*?)```", _DOCUMENT, re.DOTALL)


@pytest.mark.parametrize("number", range(len(_EXAMPLES)))
def test_every_example_can_be_served(tmp_path: Path, number: int) -> None:
    roles = "" if number == 0 else '[access.roles.reader]\ntools = ["*"]\n'
    file = tmp_path / "handrail.toml"
    packs = 'config_version = 1\nuse = ["git:read", "files"]\n'
    file.write_text(f"{packs}{_EXAMPLES[number]}{roles}")

    assert read(file, {}).judge(lint) == []


@pytest.mark.parametrize("table", [AccessTable, RoleSpec, BudgetTable])
def test_every_key_is_described(table: type[AccessTable | RoleSpec | BudgetTable]) -> None:
    described = set(re.findall(r"\w+", _DOCUMENT + _REFERENCE))
    assert table.model_fields.keys() - described == set()
