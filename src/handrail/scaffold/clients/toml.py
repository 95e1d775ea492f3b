"""TOML, and tables put into it that leave all the rest as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handrail.scaffold.extra import needs_wizard
from handrail.spec.source import Source


def put(source: Source, at: tuple[str, ...], entry: Mapping[str, Any]) -> str:
    """The text with `entry` at the key path `at`, in place of what is there."""
    with needs_wizard():
        import tomlkit

    document = tomlkit.parse(source.text)
    holder: Any = document
    for key in at[:-1]:
        if key not in holder:
            holder[key] = tomlkit.table(is_super_table=True)
        holder = holder[key]
    held = holder.get(at[-1])
    holder[at[-1]] = dict(entry)
    if isinstance(held, tomlkit.items.Table):
        for item in _tail(held):
            holder[at[-1]].add(item)
    return tomlkit.dumps(document)


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
