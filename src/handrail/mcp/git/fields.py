"""The pieces of git's output: fields that end with NUL, texts, and names of files."""

from __future__ import annotations

from typing import Any

from handrail.mcp.clean import clean
from handrail.systems.files.names import is_odd, shown

SHORT = 12
"""Letters of a commit's name in text: enough for git to find it by."""


class Fields:
    """Output from `at` on, field by field; what comes after them is left alone."""

    def __init__(self, raw: bytes, at: int = 0) -> None:
        self._raw = raw
        self.at = at

    @property
    def more(self) -> bool:
        """Whether anything is left."""
        return self.at < len(self._raw)

    def starts(self, *beginnings: bytes) -> bool:
        """Whether what is left starts with one of these."""
        return self._raw.startswith(beginnings, self.at)

    def take(self) -> bytes:
        """The next field. Raises `ValueError` when the output was cut inside it."""
        end = self._raw.find(b"\0", self.at)
        if end < 0:
            raise ValueError("it ends inside a field")
        field, self.at = self._raw[self.at : end], end + 1
        return field

    def line(self) -> bytes:
        """What is left of this line, which may be the last and without an end."""
        end = self._raw.find(b"\n", self.at)
        end = len(self._raw) if end < 0 else end
        line, self.at = self._raw[self.at : end], end + 1
        return line

    def texts(self, count: int) -> list[str]:
        """The next `count` fields as text."""
        return [text(self.take()) for _ in range(count)]


def text(raw: bytes, most: int | None = None) -> str:
    """Text that is safe to show, with at most `most` characters and a mark where it was cut."""
    whole = clean(raw).text.strip("\n")
    return whole if most is None or len(whole) <= most else f"{whole[:most]}…"


def place(raw: bytes, key: str = "path") -> dict[str, Any]:
    r"""A file's name under `key`; one that no caller can give is escaped, and marked as odd."""
    name = raw.decode("utf-8", "surrogateescape")
    return {key: shown(name), "odd": True} if is_odd(name) else {key: name}


def drop_empty(value: dict[str, Any]) -> dict[str, Any]:
    """Without what is not there: empty texts and lists, and None."""
    return {key: one for key, one in value.items() if one not in (None, "", [])}


def below(value: Any, folder: str) -> Any:
    """`value` with its names of files, which are in `folder`, from the workspace on."""
    match value:
        case dict():
            return {
                key: f"{folder}/{one}" if key in ("path", "from") else below(one, folder)
                for key, one in value.items()
            }
        case list():
            return [below(one, folder) for one in value]
        case _:
            return value
