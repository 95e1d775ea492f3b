"""YAML, and blocks put into it that leave all the rest as it is."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from handrail.diagnostic import Key
from handrail.errors import SpecError
from handrail.spec.source import Source, Spot, Spots

_WIDEST = 10_000
"""Columns before a text would be folded: never."""


def dumps(document: Mapping[str, Any]) -> str:
    """`document` in block style, each key on its line, indented by two."""
    yaml = _yaml("rt")
    yaml.width = _WIDEST
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(dict(document), stream)
    return stream.getvalue()


def read(source: Source) -> object:
    """What the file says. Raises `SpecError` for what is not YAML."""
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return _yaml("safe").load(source.text)
    except MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        message = f"not valid YAML: {wrong.problem or wrong.context}"
        raise SpecError([source.problem(mark.index if mark else 0, "E106", message)]) from None
    except (YAMLError, RecursionError):
        raise SpecError([source.problem(0, "E106", "not valid YAML")]) from None


def spots(source: Source) -> Spots:
    """Where the mappings of a valid file have their keys and values."""
    return dict(_spots(_yaml("safe").compose(source.text), ()))


def put(source: Source, at: tuple[str, ...], entry: Mapping[str, Any]) -> str:
    """The text with `entry` at the key path `at`, in place of what is there."""
    text, node = source.text, _yaml("safe").compose(source.text)
    if not _is_mapping(node):
        return f"{text.rstrip()}\n{dumps(_nested(at, entry))}"
    for depth, key in enumerate(at):
        inside = {one.value: (one, value) for one, value in _members(node)}
        if key not in inside:
            return _with(text, node, key, _nested(at[depth + 1 :], entry))
        holder, (found, node) = node, inside[key]
        if depth == len(at) - 1:
            return _replaced(text, holder, found, node, entry)
    raise AssertionError("an entry has a name")


def _with(text: str, node: Any, key: str, entry: Mapping[str, Any]) -> str:
    """The text with one member more at the end of a mapping."""
    if node.flow_style:
        return _with_in_flow(text, node, key, entry)
    column = node.start_mark.column
    end = _end_of_lines(text, _end(*node.value[-1]), column)
    return _spliced(text, end, end, _block({key: entry}, column))


def _with_in_flow(text: str, node: Any, key: str, entry: Mapping[str, Any]) -> str:
    start, close = node.start_mark.index, node.end_mark.index - 1
    line_end = (text + "\n").index("\n", close)
    if not node.value and not text[close + 1 : line_end].strip():
        column = _column_of_line(text, start) + 2
        before = text[:start].rstrip()
        return _spliced(
            before + text[line_end:], len(before), len(before), _block({key: entry}, column)
        )
    before = text[:close].rstrip()
    comma = ", " if node.value and not before.endswith(",") else ""
    return f"{before}{comma}{_flow(key)}: {_flow(entry)}{text[close:]}"


def _replaced(text: str, holder: Any, key: Any, node: Any, entry: Mapping[str, Any]) -> str:
    """The text with another value in place of `node`, which stands in the mapping `holder`."""
    if holder.flow_style:
        return f"{text[: node.start_mark.index]}{_flow(entry)}{text[node.end_mark.index :]}"
    column = key.start_mark.column
    start = key.start_mark.index - column
    # A comment in the key's own column speaks of the next one.
    end = _end_of_lines(text, _end(key, node), column + 1)
    return _spliced(text, start, end, _block({key.value: entry}, column))


def _spliced(text: str, start: int, end: int, lines: str) -> str:
    before = text[:start]
    return before + ("" if before == "" or before.endswith("\n") else "\n") + lines + text[end:]


def _end(key: Any, value: Any) -> int:
    # An alias has the marks of its anchor, which is somewhere before.
    return int(max(key.end_mark.index, value.end_mark.index))


def _end_of_lines(text: str, end: int, column: int) -> int:
    """Where the last line of a value ends; what comments on the next key is not in it."""
    lines = text[:end].splitlines(keepends=True)
    while lines and _is_beyond(lines[-1], column):
        lines.pop()
    end = sum(map(len, lines))
    if lines and not lines[-1].endswith("\n"):
        end = (text + "\n").index("\n", end) + 1
    return min(end, len(text))


def _is_beyond(line: str, column: int) -> bool:
    words = line.lstrip()
    return not words or (words[0] == "#" and len(line) - len(words) < column)


def _column_of_line(text: str, at: int) -> int:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return len(line) - len(line.lstrip())


def _block(document: Mapping[str, Any], column: int) -> str:
    return re.sub(r"^(?=.)", " " * column, dumps(document), flags=re.MULTILINE)


def _flow(value: object) -> str:
    # JSON is YAML, too.
    return json.dumps(value, ensure_ascii=False)


def _yaml(kind: str) -> Any:
    # Slow to import, and few clients have YAML.
    from ruamel.yaml import YAML

    return YAML(typ=kind, pure=True)


def _spots(node: Any, path: tuple[Key, ...]) -> Iterator[tuple[tuple[Key, ...], Spot]]:
    if path == () and node is not None:
        yield path, Spot(node.start_mark.index, node.start_mark.index)
    if _is_mapping(node):
        for key, value in _members(node):
            yield (*path, key.value), Spot(key.start_mark.index, value.start_mark.index)
            yield from _spots(value, (*path, key.value))


def _is_mapping(node: Any) -> bool:
    return type(node).__name__ == "MappingNode"


def _members(node: Any) -> Iterator[tuple[Any, Any]]:
    """The members of a mapping whose keys are words: in YAML a list may be a key, too."""
    return ((key, value) for key, value in node.value if isinstance(key.value, str))


def _nested(keys: tuple[str, ...], entry: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in reversed(keys):
        entry = {key: entry}
    return entry
