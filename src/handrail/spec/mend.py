"""Mechanical corrections in the text of a TOML file; all else in it stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from handrail.diagnostic import Fix, Insert, Rename
from handrail.spec.source import Spots
from handrail.spec.toml_spots import end_of, scan

Edit = tuple[int, int, str]
"""From where to where, in characters, and what to write there."""
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""")


def mended(text: str, fixes: Iterable[Fix]) -> str:
    """`text` with the corrections made, as far as their places are found."""
    spots = scan(text).spots
    edits = {edit for fix in fixes for edit in _edits(text, spots, fix)}
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _edits(text: str, spots: Spots, fix: Fix) -> Iterator[Edit]:
    spot = spots.get(fix.at)
    match fix:
        case Rename(to=new) if spot is not None:
            if key := _KEY.match(text, spot.key):
                yield key.start(), key.end(), new
        case Insert(at, index, items) if spot is not None:
            words = ", ".join(json.dumps(item, ensure_ascii=False) for item in items)
            if before := spots.get((*at, index)):
                yield before.value, before.value, f"{words}, "
            elif last := spots.get((*at, index - 1)):
                end = end_of(text, last.value)
                yield end, end, f", {words}"
        case _:
            return
