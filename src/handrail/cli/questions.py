"""`handrail questions`: the interview of `handrail new`, as data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from handrail.cli import streams
from handrail.cli.options import AsJson
from handrail.scaffold.questions import facts
from handrail.scaffold.surroundings import look


def questions(folder: Path = Path(), *, json_: AsJson = False) -> int:
    """List what `handrail new` asks, with the defaults that it has for FOLDER.

    Parameters
    ----------
    folder
        Where the server file would be; this folder when left out.
    json_
        Print it as JSON.
    """
    asked = facts(look(folder))
    if json_:
        streams.say(json.dumps(asked, indent=2, ensure_ascii=False))
    else:
        streams.say("\n".join(_lines(asked)))
    return 0


def _lines(asked: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for number, first in enumerate(asked, 1):
        for one in (first, *first.get("also", ())):
            mark = f"{number:>2}." if one is first else "   "
            yield f"{mark} {one['question']}"
            yield f"    {one['help']}"
            if "options" in one:
                yield f"    one of: {', '.join(each['value'] for each in one['options'])}"
            default = json.dumps(one["default"], ensure_ascii=False)
            yield f"    {one['key']} = {default}" + ("" if one["applies"] else "  (not asked here)")
        yield ""
