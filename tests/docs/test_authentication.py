"""docs/authentication.md shows server files that are right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from handrail.diagnostic import Severity
from handrail.lint.lint import lint
from handrail.spec.auth import IntrospectionTable, JwtTable, OidcTable
from handrail.spec.load import read

_DOCUMENT = (Path(__file__).parents[2] / "docs" / "authentication.md").read_text()
_EXAMPLES = re.findall(r"```toml\n(.*?)```", _DOCUMENT, re.DOTALL)


@pytest.mark.parametrize("example", _EXAMPLES)
def test_every_example_can_be_served(tmp_path: Path, example: str) -> None:
    file = tmp_path / "handrail.toml"
    file.write_text(f'config_version = 1\nuse = ["git:read", "files:read"]\n{example}')

    found = read(file, {}).judge(lint)
    assert [one for one in found if one.severity is Severity.ERROR] == []


@pytest.mark.parametrize("table", [JwtTable, IntrospectionTable, OidcTable])
def test_every_key_is_described(
    table: type[JwtTable | IntrospectionTable | OidcTable],
) -> None:
    assert set(table.model_fields) - set(re.findall(r"\w+", _DOCUMENT)) == set()
