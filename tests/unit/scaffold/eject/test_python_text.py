"""Data as Python source: what it says, how it is laid out, and that it is never code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handrail.scaffold.eject.modules import docstring, tables_module, tool_module
from handrail.scaffold.eject.python_text import Table, assigned

TEXTS = st.text(st.sampled_from("ab \"'\\\n\t{}$`é\u2028\x00\ud800#"), max_size=250)
VALUES = st.recursive(
    TEXTS | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(TEXTS, inner, max_size=4)
        | st.dictionaries(st.sampled_from("abcd"), inner, min_size=1, max_size=4).map(
            lambda entries: Table("dict", entries)
        )
    ),
    max_leaves=12,
)


def plain(value: Any) -> Any:
    """What the source of `value` evaluates to."""
    match value:
        case Table(_, entries):
            return plain(entries)
        case dict():
            return {key: plain(one) for key, one in value.items()}
        case list():
            return [plain(one) for one in value]
        case _:
            return value


@given(VALUES)
def test_source_says_what_the_data_says(value: object) -> None:
    names: dict[str, Any] = {}
    exec(assigned("X", value), names)  # noqa: S102  # that is what is tested

    assert names["X"] == plain(value)


@given(TEXTS)
def test_a_docstring_is_one_line_and_nothing_else(text: str) -> None:
    names: dict[str, Any] = {}
    source = docstring(text)
    exec(source, names)  # noqa: S102  # that is what is tested

    assert source.count("\n") == 1
    assert set(names) <= {"__builtins__", "__doc__", "__annotations__"}
    assert len(source) <= 101


def test_formatters_find_nothing_to_change(tmp_path: Path) -> None:
    values: list[object] = []

    @given(VALUES)
    @example({'\\"': ["\\'", "\\d"]})
    def collect(value: object) -> None:
        values.append(value)

    collect()
    (tmp_path / "texts.py").write_text(
        "".join(assigned(f"X{number}", value) for number, value in enumerate(values)),
        errors="surrogatepass",
    )
    ruff = [str(Path(sys.executable).with_name("ruff")), "format", "--isolated"]
    formatted = subprocess.run(
        [*ruff, "--line-length=100", "--diff", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert formatted.returncode == 0, formatted.stdout[:2000] + formatted.stderr[:500]


EVIL = '"""\nimport os; os.system("touch pwned")\n"""{x}${HOME}\'\\'


@pytest.mark.parametrize("key", ["name", "description", "program", "stdin", "args", "choices"])
def test_no_text_of_a_tool_is_code(key: str) -> None:
    tool: dict[str, Any] = {"name": "x", "description": "x", "program": "x", "params": {}}
    if key == "choices":
        tool["params"] = {"p": {"choices": [EVIL], "default": EVIL, "description": EVIL}}
    else:
        tool[key] = [EVIL, [EVIL], {"when": EVIL, "args": [EVIL]}] if key == "args" else EVIL
    names: dict[str, Any] = {}
    exec(tool_module(tool), names)  # noqa: S102  # that is what is tested

    assert names["TOOL"] == tool
    assert "os" not in names


def test_no_text_of_a_table_is_code() -> None:
    tables = {
        "server": {"name": EVIL, "instructions": EVIL},
        "programs": {EVIL: {"path": EVIL}},
        "rule": [{"argv": [EVIL, {"glob": EVIL}], "decision": "deny", "reason": EVIL}],
    }
    names: dict[str, Any] = {}
    exec(tables_module("Tables.", tables), names)  # noqa: S102  # that is what is tested

    assert names["SERVER"] == tables["server"]
    assert names["PROGRAMS"] == tables["programs"]
    assert names["RULES"] == tables["rule"]
