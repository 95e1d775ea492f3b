"""Texts of a server file in other languages than Python: each arrives as text and nothing else."""

from __future__ import annotations

import json
import re

from handrail.scaffold.extra import needs_wizard

_MARKUP = re.compile(r"([\\`*_\[\]<>|#!~])")


def plain(text: str) -> str:
    """One line of printable characters."""
    return "".join(one for one in " ".join(text.split()) if one.isprintable())


def cell(text: str) -> str:
    """One line of Markdown that is read as it is written; code in backticks stays code."""
    parts = re.split(r"(`[^`|\\]+`)", plain(text))
    return "".join(part if part[:1] == "`" and len(part) > 1 else _escaped(part) for part in parts)


def prose(text: str) -> str:
    """Paragraphs of Markdown."""
    return "\n\n".join(filter(None, (cell(part) for part in re.split(r"\n\s*\n", text))))


def toml(text: str) -> str:
    """A TOML string."""
    with needs_wizard():
        import tomlkit

    return tomlkit.item(plain(text)).as_string()


def arguments(values: dict[str, object]) -> str:
    """The arguments of an example, in one line."""
    return plain(json.dumps(values, ensure_ascii=False))


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)
