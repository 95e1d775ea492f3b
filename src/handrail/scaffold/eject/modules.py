"""The Python modules of a project: one for each tool, and those of its tables."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from handrail.scaffold.eject.python_text import WIDTH, assigned
from handrail.scaffold.eject.shapes import names_in, shaped

_KINDS = {"files": "Files", "programs": "Free"}
_TABLES = {
    "server": "Server",
    "workspace": "Workspace",
    "programs": "{Program}",
    "secrets": "{SecretSource}",
    "confinement": "Confinement",
    "limits": "Limits",
    "auth": "Auth",
    "access": "Access",
    "audit": "Audit",
    "http": "Http",
    "telemetry": "Telemetry",
    "rule": "[Rule]",
    "allow": "[str]",
}
_TYPES = {
    "programs": "dict[str, Program]",
    "secrets": "dict[str, SecretSource]",
    "rule": "list[Rule]",
    "allow": "list[str]",
}
"""What checkers need to be told; they see for themselves what the others are."""
_RUN = '''

async def run(call: Call, go_on: Next) -> Outcome:
    """One call. What must happen before or after it, or instead of it, goes here."""
    return await go_on(call)
'''


def variable(table: str) -> str:
    """The variable that holds a table: LIMITS for `[limits]`."""
    return "RULES" if table == "rule" else table.upper()


def tool_module(tool: Mapping[str, Any]) -> str:
    """The module of one tool, as plain data declares it."""
    kind = next((name for key, name in _KINDS.items() if key in tool), "Command")
    table = shaped(tool, kind)
    imports = [
        "from handrail import Call, Outcome",
        "from handrail.mcp.own import Next",
        *_imported("handrail.project.tool_tables", names_in(table)),
    ]
    head = docstring(f"`{tool['name']}`: {_first_sentence(str(tool['description']))}")
    return _module(head, imports, [assigned("TOOL", table)], _RUN)


def tables_module(head: str, tables: Mapping[str, Any]) -> str:
    """A module that holds some tables of a server file."""
    values = {name: shaped(value, _TABLES[name]) for name, value in tables.items()}
    kinds = {name for one in values.values() for name in names_in(one)}
    imports = _imported("handrail.project.tables", kinds)
    lines = [
        assigned(variable(name), value, _TYPES.get(name, "")) for name, value in values.items()
    ]
    return _module(docstring(head), imports, lines)


def _imported(module: str, names: set[str]) -> list[str]:
    """The statement that imports `names`; in several lines when it is too long for one."""
    line = f"from {module} import {', '.join(sorted(names))}"
    if len(line) > WIDTH:
        inner = "".join(f"    {name},\n" for name in sorted(names))
        line = f"from {module} import (\n{inner})"
    return [line] if names else []


def docstring(text: str) -> str:
    """`text` as the one-line docstring of a module, with what could end it left out."""
    plain = "".join(one for one in " ".join(text.split()) if one.isprintable())
    plain = plain.replace("\\", "").replace('"', "'")
    room = WIDTH - len('""""""')
    if len(plain) > room:
        plain = f"{plain[: room - 1].rpartition(' ')[0]}…"
    return f'"""{plain}"""\n'


def _first_sentence(text: str) -> str:
    words = " ".join(text.split())
    end = words.find(". ")
    return words if end < 0 else words[: end + 1]


def _module(head: str, imports: Sequence[str], lines: Iterable[str], tail: str = "") -> str:
    source = "\n".join([head, *(["".join(f"{one}\n" for one in imports)] if imports else [])])
    source += "\n" + "\n".join(lines) + tail
    ast.parse(source)
    return source
