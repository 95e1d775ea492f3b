"""`questions`: the interview as data."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from handrail.scaffold.builder.tool import BuilderTool, Declaration, Reply
from handrail.scaffold.questions import facts
from handrail.scaffold.surroundings import look

_DECLARED = Declaration(
    name="questions",
    description="The interview: at most twelve questions about the server that is to be, each with "
    "its key, its options and the default found in this folder. Call it first, then ask the "
    "person what you cannot know; whatever they leave open takes its default. Not for the tools "
    "of a server file that exists.",
    params={},
    gives={"questions": {"type": "array", "items": {"type": "object"}}},
)


def questions_tool(folder: Path) -> BuilderTool:
    """The tool, for a server file in `folder`."""

    async def act(_: Mapping[str, Any]) -> Reply:
        asked = await asyncio.to_thread(lambda: facts(look(folder)))
        return Reply("\n".join(_lines(asked)), {"questions": asked})

    return BuilderTool.declare(_DECLARED, act)


def _lines(asked: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for number, first in enumerate(asked, 1):
        for one in (first, *first.get("also", ())):
            yield f"{number}. {one['question']} {one['help']}"
            if "options" in one:
                told = (f"{each['value']} ({each['words']})" for each in one["options"])
                yield f"   one of: {'; '.join(told)}"
            default = json.dumps(one["default"], ensure_ascii=False)
            yield f"   {one['key']} = {default}" + ("" if one["applies"] else "  (not needed here)")
