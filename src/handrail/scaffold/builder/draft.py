"""`draft`: answers become the text of a server file, and all that can be said of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from handrail.mcp.hints import hints
from handrail.mcp.input_schema import arguments_schema
from handrail.scaffold.builder.examined import as_data
from handrail.scaffold.builder.given import Param
from handrail.scaffold.builder.proposal import Proposal, lines, proposed
from handrail.scaffold.builder.tool import BuilderTool, Declaration, Reply

ANSWERS = Param(
    "object",
    "Keys of `questions`, and any of a server file's own tables; nested, at most 256 KiB. "
    "What is left out takes its default.",
)
_DECLARED = Declaration(
    name="draft",
    description="Turn answers into the text of handrail.toml: with every finding of "
    "`handrail check`, the tools that clients would see, and notes. Writes nothing and runs "
    "nothing, so call it as often as answers change, and until no finding is left that the person "
    "would mind. Not for one command alone: that is propose_tool.",
    params={"answers": ANSWERS},
    gives={
        "text": {"type": "string"},
        "findings": {"type": "array", "items": {"type": "object"}},
        "tools": {"type": "array", "items": {"type": "object"}},
        "notes": {"type": "array", "items": {"type": "string"}},
    },
)


def draft_tool(folder: Path) -> BuilderTool:
    """The tool, for a server file in `folder`."""

    async def act(given: Mapping[str, Any]) -> Reply:
        proposal = await asyncio.to_thread(proposed, given.get("answers", {}), folder)
        return Reply("\n".join(_lines(proposal)), _facts(proposal))

    return BuilderTool.declare(_DECLARED, act)


def _facts(proposal: Proposal) -> dict[str, Any]:
    spec = proposal.examined.spec
    return {
        "text": proposal.text,
        "findings": as_data(proposal.examined.findings),
        "tools": [
            {
                "name": tool.name,
                "description": tool.description,
                "effect": tool.effect.value,
                "inputSchema": arguments_schema(tool),
                "annotations": hints(tool),
            }
            for tool in (() if spec is None else spec.tools)
        ],
        "notes": list(proposal.notes),
    }


def _lines(proposal: Proposal) -> Iterator[str]:
    examined = proposal.examined
    yield f"handrail.toml would be:\n\n{proposal.text}"
    yield "Findings:" if examined.findings else "Findings: none."
    yield from lines(examined.findings)
    yield "\nTools that clients would see:"
    for tool in () if examined.spec is None else examined.spec.tools:
        params = ", ".join(tool.accepts)
        yield f"  {tool.name}({params}) [{tool.effect}]"
    if proposal.notes:
        yield "\nNotes:"
    yield from (f"  {note}" for note in proposal.notes)
