"""Texts and names of others, made fit for a server file: bounded, visible, and of its alphabet."""

from __future__ import annotations

import keyword
import re
import unicodedata

LONGEST_DESCRIPTION = 240
"""Characters of a description; what is longer costs every caller's context, in every call."""
_LONGEST_NAME = 64
_LINK = re.compile(r"<?\b(?:https?|ftp|file|data|javascript):/\S*", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_VISIBLE_GAPS = frozenset("\t\n\r")


def cleaned(text: object, most: int = LONGEST_DESCRIPTION) -> str:
    """`text` in one line that shows all that it has, at most `most` characters; links are left out.

    What is no text has nothing to say.
    """
    if not isinstance(text, str):
        return ""
    # A text may be a megabyte; more than this will never be shown.
    shown = "".join(map(_visible, text[: 20 * most]))
    line = " ".join(_LINK.sub("(link)", shown).replace("](", "] (").split())
    if len(line) <= most:
        return line
    return line[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _visible(one: str) -> str:
    if one in _VISIBLE_GAPS:
        return " "
    return "" if unicodedata.category(one).startswith("C") else one


def sentence(text: str) -> str:
    """`text` with a capital first letter and a full stop, as a description begins and ends."""
    text = text.rstrip(" ;,:")
    if not text:
        return ""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".")


def tool_name(*words: str) -> str:
    """A tool's name from words of any alphabet: `getPetById` is `get_pet_by_id`."""
    name = _joined(words)
    return name if name[:1].isalpha() else f"tool_{name}".rstrip("_")


def param_name(*words: str) -> str:
    """A param's name, that is also one in Python, where a project may be made of the file."""
    name = _joined(words) or "value"
    name = f"p_{name}" if name[0].isdigit() else name
    return f"{name}_" if keyword.iskeyword(name) else name


def distinct(name: str, taken: set[str]) -> str:
    """`name`, or the first of `name_2`, `name_3`, … that nothing else has; it is taken then."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name[: _LONGEST_NAME - 5]}_{number}", number + 1
    taken.add(found)
    return found


def listed(names: list[str], most: int = 12) -> str:
    """Some names in one line: `a, b and 3 more`."""
    shown = [cleaned(name, 60) for name in names[:most]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def literal(text: str) -> str:
    """`text` as a template that says just it: braces are doubled."""
    return text.replace("{", "{{").replace("}", "}}")


def _joined(words: tuple[str, ...]) -> str:
    text = "_".join(_HUMP.sub("_", word[:200]) for word in words)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST_NAME].rstrip("_")
