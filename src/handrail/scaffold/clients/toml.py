"""TOML, and tables put into it that leave all the rest as it is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from handrail.scaffold.extra import needs_wizard
from handrail.spec.source import Source


def put(source: Source, at: tuple[str, ...], entry: Mapping[str, Any]) -> str:
    """The text with `entry` at the key path `at`, in place of what is there.

    The text as it is, where that would take more than the entry's own lines.
    """
    added = _ended(source.text) + dumps(_nested(at, entry))
    return added if _says(added, at, entry) else _set(source.text, at, entry)


def _ended(text: str) -> str:
    return text + ("" if text.endswith("\n") else "\n") + ("" if text.endswith("\n\n") else "\n")


def _nested(keys: tuple[str, ...], entry: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in reversed(keys):
        entry = {key: entry}
    return entry


def _says(text: str, at: tuple[str, ...], entry: Mapping[str, Any]) -> bool:
    try:
        held: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    for key in at:
        held = held[key]
    return bool(held == entry)


def _set(text: str, at: tuple[str, ...], entry: Mapping[str, Any]) -> str:
    with needs_wizard():
        import tomlkit
        from tomlkit.exceptions import TOMLKitError
        from tomlkit.items import Table

    try:
        document = tomlkit.parse(text)
        # Tables of one list with others between them: tomlkit would put them side by side.
        if tomlkit.dumps(document) != text:
            return text
        holder: Any = document
        for key in at[:-1]:
            holder = holder[key]
        held = holder.get(at[-1])
        holder[at[-1]] = dict(entry)
        for item in _tail(held) if isinstance(held, Table) else ():
            holder[at[-1]].add(item)
        return tomlkit.dumps(document)
    except TOMLKitError:
        return text


def _tail(table: Any) -> list[Any]:
    """The comments and blank lines that a table ends with: they speak of the next one."""
    from tomlkit.items import Comment, Table, Whitespace

    tail: list[Any] = []
    for _, item in reversed(table.value.body):
        if isinstance(item, Table):
            return _tail(item) + tail
        if not isinstance(item, Comment | Whitespace):
            break
        tail.insert(0, item)
    return tail


def dumps(document: Mapping[str, Any]) -> str:
    """A new file that says `document`."""
    with needs_wizard():
        import tomlkit

    return tomlkit.dumps(document)
