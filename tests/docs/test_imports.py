"""docs/imports.md tells what becomes of what."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from handrail.scaffold.imports.help_draft import drafted
from handrail.scaffold.imports.help_page import read_page
from handrail.scaffold.imports.help_roles import Known
from handrail.scaffold.imports.sources import SOURCES, imported

_DOCUMENT = (Path(__file__).parents[2] / "docs" / "imports.md").read_text()
_PAIRS = re.findall(r"```(text|makefile|json|yaml)\n(.*?)```.*?```toml\n(.*?)```", _DOCUMENT, re.S)
_NAMES = {
    "From help": "help",
    "From a Makefile": "make",
    "From package.json": "npm",
    "From OpenAPI": "openapi",
    "From MCPShell and gen-mcp": "mcpshell",
}


def _drafts(source: str, text: str, folder: Path) -> list[Any]:
    if source == "help":
        return [drafted(["counter"], read_page(text), Known(None)).tool]
    file = folder / {"make": "Makefile", "npm": "package.json"}.get(source, "x.yaml")
    file.write_text(text)
    return [draft.tool for draft in imported(source, str(file), [])]


@pytest.mark.parametrize(("source", "pair"), list(zip(_NAMES.values(), _PAIRS, strict=True)))
def test_each_example_becomes_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, pair: tuple[str, str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    _, text, expected = pair
    shown = tomllib.loads(expected)["tool"]
    assert _drafts(source, text, tmp_path) == shown


def test_every_source_is_in_the_table() -> None:
    assert set(re.findall(r"^\| `--from-(\w+)", _DOCUMENT, re.MULTILINE)) == SOURCES.keys()
    assert set(re.findall(r"^## (.*)$", _DOCUMENT, re.MULTILINE)) == _NAMES.keys()
