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
    holder[at[-1]] = dict(entry)
    return tomlkit.dumps(document)


def dumps(document: Mapping[str, Any]) -> str:
    """A new file that says `document`."""
    with needs_wizard():
        import tomlkit

    return tomlkit.dumps(document)
