"""docs/budgets.md shows a budget that is right, and has every part of one."""

from __future__ import annotations

import re
from pathlib import Path

from handrail.diagnostic import Severity
from handrail.lint.lint import lint
from handrail.spec.access import BudgetTable
from handrail.spec.load import read

_DOCUMENT = (Path(__file__).parents[2] / "docs" / "budgets.md").read_text()


def test_the_example_can_be_served(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", _DOCUMENT, re.DOTALL)
    file = tmp_path / "handrail.toml"
    file.write_text(f"config_version = 1\n[programs]\nmake = {{}}\n{example}")

    found = read(file, {}).judge(lint)

    assert [one for one in found if one.severity is Severity.ERROR] == []


def test_every_part_of_a_budget_is_described() -> None:
    for name in BudgetTable.model_fields:
        assert f"\n| `{name}` |" in _DOCUMENT
