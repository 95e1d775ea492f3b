"""Standard output becomes a value, as the tool's `parse` says, and what an answer shows of it."""

from __future__ import annotations

import csv
import io
import json
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from handrail.mcp.clean import clean
from handrail.mcp.excerpt import Excerpt, excerpt
from handrail.mcp.git import formats
from handrail.mcp.git.fields import below
from handrail.mcp.pages import Page, page
from handrail.process.output import Output
from handrail.spec.tool import CommandSpec, ToolSpec

MOST_BYTES = 16 * 1024**2
"""Of git's output that is read; a value is made of all of it, and a part of the value shown."""


class Unparsable(ValueError):
    """The output is not what `parse` says; the message tells why."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value, which part of a list it is, and what to show of the stream that it was made of."""

    value: object
    page: Page | None
    shown: Excerpt


def parse(
    tool: ToolSpec, arguments: Mapping[str, object], stdout: Output, most_bytes: int
) -> Parsed:
    """What `tool` said, when it was called with `arguments`, in about `most_bytes`.

    Raises `Unparsable`.
    """
    if tool.parse.startswith(formats.PREFIX):
        return _of_git(tool, arguments, stdout, most_bytes)
    shown = excerpt(stdout, most_bytes)
    if not shown.is_whole:
        raise Unparsable(f"stdout is longer than is shown, so it was not read as {tool.parse}")
    value = parse_text(tool.parse, shown.text)
    if not isinstance(value, list) or not isinstance(tool, CommandSpec) or tool.pages is None:
        return Parsed(value, None, shown)
    part = page(tool, arguments, value, most_bytes)
    return Parsed(value[part.first : part.first + part.count], part, shown)


def parse_text(how: str, text: str) -> object:
    """The value of `text`, read as lines, json, jsonl, csv or jc:PARSER.

    Raises `Unparsable`.
    """
    try:
        match how:
            case "lines":
                return text.splitlines()
            case "json":
                return json.loads(text, parse_constant=_refuse)
            case "jsonl":
                return [
                    json.loads(line, parse_constant=_refuse)
                    for line in text.splitlines()
                    if line.strip()
                ]
            case "csv":
                return list(csv.DictReader(io.StringIO(text), strict=True))
            case _:
                return _jc(how.removeprefix("jc:"), text)
    except (ValueError, csv.Error, RecursionError) as wrong:
        raise Unparsable(f"the output is not {how}: {wrong}") from None


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")


def _jc(parser: str, text: str) -> object:
    import jc  # a hundred parsers: slow to import, and most servers use none

    try:
        return jc.parse(parser.replace("_", "-"), text, quiet=True)
    except Exception as wrong:  # noqa: BLE001  # jc's parsers raise whatever their code meets
        raise ValueError(f"{type(wrong).__name__}: {wrong}") from None


def _of_git(
    tool: ToolSpec, arguments: Mapping[str, object], stdout: Output, most_bytes: int
) -> Parsed:
    if stdout.size > MOST_BYTES:
        raise Unparsable(f"git wrote more than {MOST_BYTES:,} bytes; ask for less in one call")
    try:
        whole = formats.read(tool.parse.removeprefix(formats.PREFIX), stdout.read(0, stdout.size))
    except ValueError as wrong:
        raise Unparsable(f"the output is not {tool.parse}: {wrong}") from None
    part = page(tool, arguments, whole.found, most_bytes)
    reading = whole.part(part.first, part.count)
    folder = _folder(tool, arguments)
    if folder != ".":
        reading = replace(reading, value=below(reading.value, folder))
    return Parsed(reading.value, part, _shown(reading, stdout, most_bytes))


def _shown(reading: formats.Reading, stdout: Output, most_bytes: int) -> Excerpt:
    """The value in lines, and after them what of the output is text as it is."""
    told = clean("\n".join(reading.tell(reading.value)).encode()).text
    if not reading.spans:
        size = len(told.encode())
        return Excerpt(told, size, size, None, {})
    start, end = reading.spans[0][0], reading.spans[-1][1]
    rest = excerpt(stdout, most_bytes, start, end)
    return replace(rest, text="\n\n".join(filter(None, [told, rest.text])))


def _folder(tool: ToolSpec, arguments: Mapping[str, object]) -> str:
    """Where the call ran, as its arguments have it; git's names are relative to that."""
    if not isinstance(tool, CommandSpec) or tool.cwd is None:
        return "."
    values: dict[str, Any] = {name: param.default for name, param in tool.params.items()}
    values |= {name: value for name, value in arguments.items() if value is not None}
    parts = tool.cwd.parts
    return posixpath.normpath(
        "".join(part if isinstance(part, str) else str(values[part.name]) for part in parts)
    )
