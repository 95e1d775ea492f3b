"""Server files in TOML."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from handrail.diagnostic import Diagnostic
from handrail.errors import SpecError
from handrail.spec.source import Source, Spots, twice
from handrail.spec.toml_spots import scan

_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_TWICE = re.compile("Cannot (overwrite|declare|mutate)|Duplicate inline table key")


def parse(source: Source) -> dict[str, Any]:
    """What the file says. Raises `SpecError` for what is not TOML."""
    try:
        return tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as wrong:
        raise _not_toml(source, str(wrong)) from None
    except RecursionError:
        raise SpecError([source.problem(0, "E106", "not valid TOML: nested too deeply")]) from None
    except ValueError:
        # Python converts no integer of thousands of digits.
        raise SpecError(
            [source.problem(0, "E106", "not valid TOML: a number is too long")]
        ) from None


def spots(source: Source) -> Spots:
    """Where every key and value of a valid file is."""
    return scan(source.text).spots


def _not_toml(source: Source, message: str) -> SpecError:
    where = _WHERE.search(message)
    reason = message[: where.start()] if where else message
    offset = _offset(source.text, where)
    if _TWICE.match(reason):
        return SpecError([_twice(source, offset)])
    reason = reason[:1].lower() + reason[1:]
    return SpecError([source.problem(offset, "E106", f"not valid TOML: {reason}")])


def _twice(source: Source, offset: int) -> Diagnostic:
    repeated = scan(source.text).twice
    if not repeated:
        return source.problem(offset, "E107", "a key or table is given twice")
    return twice(source, *repeated[0])


def _offset(text: str, where: re.Match[str] | None) -> int:
    if where is None or where[1] is None:
        return len(text.rstrip())
    # tomllib counts in a copy with \n for every \r\n: lines and columns stay what they were.
    lines = text.split("\n")
    before = sum(len(line) + 1 for line in lines[: int(where[1]) - 1])
    return min(before + int(where[2]) - 1, len(text))
