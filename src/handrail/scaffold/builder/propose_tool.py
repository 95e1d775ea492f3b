"""`propose_tool`: an example command becomes a tool that could be declared."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from handrail.errors import UsageError
from handrail.scaffold.builder.given import Param
from handrail.scaffold.builder.proposal import argument
from handrail.scaffold.builder.tool import BuilderTool, Declaration, Reply
from handrail.scaffold.draft import Draft
from handrail.spec.document import printable

_DECLARED = Declaration(
    name="propose_tool",
    description="Turn one example command, like `git log -n 20 src/`, into a tool with typed "
    "params, and say how each word was read. Use it to show the person what a command would "
    "become. As it is, put the command into `commands` of the answers; changed, put `tool` into "
    "their `tool` list and `programs` into `programs`. Runs nothing; not for shell scripts.",
    params={
        "command": Param("string", "The command as one would type it.", 4096, required=True),
        "name": Param("string", "What to call the tool; made from the command if unset.", 64),
    },
    gives={
        "tool": {"type": "object"},
        "programs": {"type": "object"},
        "toml": {"type": "string"},
        "words": {"type": "array", "items": {"type": "object"}},
        "notes": {"type": "array", "items": {"type": "string"}},
    },
)


def propose_tool(_: Path) -> BuilderTool:
    """The tool; it looks at no folder."""

    async def act(given: Mapping[str, Any]) -> Reply:
        return await asyncio.to_thread(_proposed, given["command"], given.get("name"))

    return BuilderTool.declare(_DECLARED, act)


def _proposed(command: str, name: str | None) -> Reply:
    # They take a while to import.
    from handrail.scaffold.drafting import drafted
    from handrail.scaffold.insert import inserted

    try:
        draft = drafted(command, name=name)
        toml = inserted("", [draft])
    except UsageError as wrong:
        raise argument("command", wrong) from None
    return Reply("\n".join(_lines(draft, toml)), _facts(draft, toml))


def _facts(draft: Draft, toml: str) -> dict[str, Any]:
    return {
        "tool": dict(draft.tool),
        "programs": dict(draft.programs),
        "toml": toml,
        "words": [
            {
                "given": word.given,
                "meaning": word.meaning,
                **({"param": word.param} if word.param is not None else {}),
            }
            for word in draft.words
        ],
        "notes": list(map(printable, draft.notes)),
    }


def _lines(draft: Draft, toml: str) -> Iterator[str]:
    yield toml.strip()
    if draft.words:
        yield "\nHow each word was read:"
    for word in draft.words:
        param = "" if word.param is None else f", param {word.param}"
        yield f"  {printable(word.given)}: {word.meaning}{param}"
    if draft.notes:
        yield "\nNotes:"
    yield from (f"  {printable(note)}" for note in draft.notes)
