"""What was read of a file, or about it, as text for a model.

The structure has the text exactly as it is in the file, to edit it by. The text block has the
same, but with what drives a terminal or hides from a reader made visible: it is shown to people,
and a file must not be able to show them something else than what the model is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from handrail.mcp.clean import visible

Value = Mapping[str, Any]
_COUNTS = {"size": "byte", "entries": "entry", "lines_total": "line"}
_LEADS = {
    "outside": "a link that leads out of the workspace, which is not followed",
    "nowhere": "a link that leads nowhere",
    "denied": "a link to what no tool may read",
}


def tell_read(value: Value) -> str:
    """Which lines of which file, and the text; of a binary file, what comes with it."""
    headline = f"{value['path']}: {', '.join(_facts(value))}."
    if "text" not in value:
        return visible(f"{headline} Its content comes with this answer.").text
    lines = value["text"].replace("\r\n", "\n").replace("\r", "\u240d")
    shown = visible(lines)
    count = sum(shown.marks.values())
    notes = [f"{_count(count, 'control character')} made visible here."] if count else []
    if value.get("changed"):
        notes.append("The file was being changed: parts of this may not belong together.")
    return "\n\n".join(filter(None, [visible(" ".join([headline, *notes])).text, shown.text]))


def tell_stat(value: Value) -> str:
    """What there is, and what is known of it."""
    return visible(f"{value['path']}: {', '.join(_about(value))}.").text


def _about(value: Value) -> Iterator[str]:
    yield value["kind"] if value["kind"] != "link" else _leads(value)
    yield from (_count(value[name], unit) for name, unit in _COUNTS.items() if name in value)
    yield from (str(value[name]) for name in ("mime_type", "encoding") if name in value)
    if value.get("readable") is False:
        yield "not readable"
    yield f"mode {value['mode']}"
    yield f"modified {value['modified']}"
    if "hash" in value:
        yield f"hash {value['hash']}"


def _leads(value: Value) -> str:
    if value["leads"] == "inside":
        return f"a link to {value['target']} ({value['target_kind']})"
    return _LEADS[value["leads"]]


def _facts(value: Value) -> Iterator[str]:
    if "text" in value:
        yield _range(value)
    else:
        yield value["mime_type"]
    yield _count(value["size"], "byte")
    if value.get("encoding", "utf-8") != "utf-8":
        yield value["encoding"]
    if "newline" in value:
        yield {"crlf": "lines end in CRLF", "mixed": "some lines end in CRLF"}[value["newline"]]
    if value.get("final_newline") is False and value["text"]:
        yield "no newline at the end"
    if "hash" in value:
        yield f"hash {value['hash']}"


def _range(value: Value) -> str:
    if not value["text"]:
        return "empty" if value["size"] == 0 else "nothing from there on"
    if "first_line" not in value:
        return f"from byte {value['offset']:,} on"
    total = f" of {value['lines_total']:,}" if "lines_total" in value else ""
    return f"lines {value['first_line']:,} to {value['last_line']:,}{total}"


def _count(number: int, what: str) -> str:
    many = f"{what.removesuffix('y')}ies" if what.endswith("y") else f"{what}s"
    return f"{number:,} {what if number == 1 else many}"
