"""`handrail packs`: the tools that are declared for you."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from handrail.cli import streams
from handrail.cli.example import command_line
from handrail.cli.options import AsJson
from handrail.errors import UsageError
from handrail.spec.packs import Pack, pack
from handrail.spec.suggest import closest
from handrail.spec.use import READ, shipped


def packs(name: str | None = None, *, json_: AsJson = False) -> int:
    """List the packs: tools that a server file gets by naming them in `use`.

    Parameters
    ----------
    name
        One pack, to see how its tools are called, too.
    json_
        Print it as JSON.
    """
    shown = [pack(each) for each in (shipped() if name is None else [_known(name)])]
    if json_:
        streams.say(json.dumps([_facts(each) for each in shown], indent=2))
    else:
        streams.say("\n".join(_lines(shown, examples=name is not None)))
    return 0


def first_sentence(text: str) -> str:
    """What a description begins with."""
    return re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]


def _known(name: str) -> str:
    if name in shipped():
        return name
    meant = closest(name, shipped())
    hint = f'Did you mean "{meant}"?' if meant else f"Packs: {', '.join(shipped())}."
    raise UsageError(f"there is no pack {name!r}", hint=hint)


def _facts(one: Pack) -> dict[str, Any]:
    return {
        "name": one.name,
        "use": [one.name, f"{one.name}:{READ}"],
        "tools": [
            {
                "name": each.spec.name,
                "pack": each.pack,
                "effect": each.spec.effect.value,
                "description": each.spec.description,
                "examples": [command_line(each.spec, example) for example in each.spec.examples],
            }
            for each in one.tools
        ],
    }


def _lines(shown: Sequence[Pack], *, examples: bool) -> Iterator[str]:
    for one in shown:
        yield one.name
        for each in one.tools:
            tool = each.spec
            yield f"    {tool.name:<14} {tool.effect.value:<12} {first_sentence(tool.description)}"
            if examples:
                yield from (f"{'':<19}{command_line(tool, example)}" for example in tool.examples)
        yield ""
    name = shown[0].name
    yield f'use = ["{name}"] at the top of a server file adds the tools of a pack;'
    yield f'use = ["{name}:{READ}"] those of them that only read.'
