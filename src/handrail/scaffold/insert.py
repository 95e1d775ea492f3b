"""Drafts put into the text of a server file; what was there stays as it was, comments and all."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from handrail.errors import UsageError
from handrail.scaffold.draft import Data, Draft
from handrail.scaffold.extra import needs_wizard
from handrail.scaffold.toml_text import item

_NEW_LINE = re.compile(r"\r?\n")
_WIDTH = 100
_LISTED = ("example",)


def inserted(document: str, drafts: Sequence[Draft]) -> str:
    """`document`, a server file in TOML, with the tools and programs of the drafts at its end.

    Raises `UsageError` when a tool of that name is there already, or it is no TOML.
    """
    with needs_wizard():
        import tomlkit
        from tomlkit.exceptions import ParseError
    try:
        parsed = tomlkit.parse(document)
    except ParseError as wrong:
        raise UsageError(f"the server file is not TOML: {wrong}") from None
    _refuse_names(parsed.get("tool", ()), drafts)
    text = _with_programs(document, parsed, drafts)
    blocks = "".join(f"\n{_tool(draft.tool)}" for draft in drafts)
    made = f"{text.rstrip()}\n{blocks}" if text.strip() else blocks.lstrip("\n")
    if "\r\n" in document:
        made = _NEW_LINE.sub("\r\n", made)
    _same(document, made, drafts)
    return made


def _refuse_names(tools: Sequence[Any], drafts: Sequence[Draft]) -> None:
    taken = {str(tool.get("name")) for tool in tools}
    for draft in drafts:
        if draft.name in taken:
            raise UsageError(
                f'there is a tool called "{draft.name}" already',
                hint="Give this one another name: --name NAME.",
            )
        taken.add(draft.name)


def _with_programs(text: str, parsed: Any, drafts: Sequence[Draft]) -> str:
    """The text with `[programs]` entries for what the drafts run and the file does not name."""
    import tomlkit

    there = parsed.get("programs", {})
    missing = {
        name: entry for one in drafts for name, entry in one.programs.items() if name not in there
    }
    if not missing:
        return text
    if "programs" not in parsed:
        table = tomlkit.table()
        for name, entry in missing.items():
            table.add(name, item(entry))
        return _before_tools(text, tomlkit.dumps({"programs": table}))
    for name, entry in missing.items():
        there[name] = item(entry)
    return tomlkit.dumps(parsed)


def _before_tools(text: str, block: str) -> str:
    """The text with a table before its first list of tables; at its end where it has none."""
    lines = text.splitlines(keepends=True)
    places = [number for number, line in enumerate(lines) if line.startswith("[[")]
    for at in places:
        made = _put(lines, at, block)
        if _says_still(text, made):
            return made
    return _put(lines, len(lines), block)


def _put(lines: list[str], at: int, block: str) -> str:
    """The lines with a block before the one at `at`, and before the comments over that."""
    while 0 < at < len(lines) and lines[at - 1].startswith("#"):
        at -= 1
    before = "".join(lines[:at]).rstrip()
    after = "".join(lines[at:])
    return f"{before}\n\n{block}" + (f"\n{after}" if after else "") if before else block + after


def _says_still(before: str, after: str) -> bool:
    """Whether all that was said is said still: the place was not within a text of several lines."""
    try:
        found = tomllib.loads(after)
    except tomllib.TOMLDecodeError:
        return False
    return all(found.get(key) == value for key, value in tomllib.loads(before).items())


def _tool(tool: Data) -> str:
    """`[[tool]]` as a person would lay it out: a line for each key, tables below it."""
    keys = {key: one for key, one in tool.items() if key not in ("params", *_LISTED)}
    lines = ["[[tool]]", *(f"{_key(key)} = {_value(key, one)}" for key, one in keys.items())]
    for name, param in tool.get("params", {}).items():
        lines += [f"[tool.params.{_key(name)}]", *_entries(param)]
    for key in _LISTED:
        for entry in tool.get(key, ()):
            lines += [f"[[tool.{key}]]", *_entries(entry)]
    return "\n".join(lines) + "\n"


def _entries(table: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{_key(key)} = {_value(key, one)}" for key, one in table.items())


def _value(key: str, value: Any) -> str:
    """A value in one line, or a list in several when it is long."""
    line = _one_line(value)
    if isinstance(value, list) and len(key) + 3 + len(line) > _WIDTH:
        inner = "".join(f"    {item(one).as_string()},\n" for one in value)
        return f"[\n{inner}]"
    return line


def _one_line(value: Any) -> str:
    """A value as TOML; text with backslashes in quotes that take them as they are."""
    import tomlkit

    is_raw = isinstance(value, str) and "\\" in value and "'" not in value and value.isprintable()
    return str((tomlkit.string(value, literal=True) if is_raw else item(value)).as_string())


def _key(name: str) -> str:
    import tomlkit

    return str(tomlkit.key(name).as_string())


def _same(before: str, after: str, drafts: Sequence[Draft]) -> None:
    """Nothing is handed out that does not say exactly what was there and what was drafted."""
    expected = json.loads(json.dumps(tomllib.loads(before)))
    tools = [*expected.get("tool", []), *(one.tool for one in drafts)]
    programs = {**{n: e for one in drafts for n, e in one.programs.items()}}
    expected |= {"tool": json.loads(json.dumps(tools))}
    if programs or "programs" in expected:
        expected["programs"] = json.loads(json.dumps(programs)) | expected.get("programs", {})
    found = tomllib.loads(after)
    if found != expected:
        raise UsageError(
            "the tool cannot be written into this file as it is",
            hint="Is [programs] written in an unusual way? Add its entry by hand, then try again.",
        )
