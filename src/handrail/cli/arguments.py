"""`k=v` words on the command line become a tool's arguments."""

from __future__ import annotations

from collections.abc import Sequence

from handrail.cli.words import command, split
from handrail.errors import UsageError
from handrail.spec.param import ParamSpec, ParamType
from handrail.spec.tool import FreeSpec, ToolSpec

_BOOLEANS = {"true": True, "false": False}


def parse_arguments(tool: ToolSpec, words: Sequence[str]) -> dict[str, object]:
    """The arguments that `words` give; a repeated param takes a word for each item.

    Of a free tool, a command may follow them, with `|` between the commands of a pipeline.
    A word that is not of its param's type stays text: the planner says what is wrong with it.
    Raises `UsageError` for a word without `=`, and for a second value where one is wanted.
    """
    given: dict[str, object] = {}
    if isinstance(tool, FreeSpec):
        named, rest = split(words)
        words, given = named, command(rest)
    lists: dict[str, list[object]] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise UsageError(f"{word!r} is not NAME=VALUE", hint=_example(tool))
        value = _value(tool.accepts.get(name, ParamSpec()), text)
        lists.setdefault(name, []).append(value)
    return given | {name: _one_or_all(tool, name, values) for name, values in lists.items()}


def _one_or_all(tool: ToolSpec, name: str, values: list[object]) -> object:
    if name in tool.accepts and tool.accepts[name].repeat:
        return values
    if len(values) > 1:
        raise UsageError(f"{name} is given twice, and takes one value")
    return values[0]


def _value(param: ParamSpec, text: str) -> object:
    try:
        match param.type:
            case ParamType.INTEGER:
                return int(text)
            case ParamType.NUMBER:
                return float(text)
            case ParamType.BOOLEAN:
                return _BOOLEANS.get(text, text)
            case _:
                return text
    except ValueError:
        return text


def _example(tool: ToolSpec) -> str:
    if isinstance(tool, FreeSpec):
        return f"For example: handrail call {tool.name} -- {tool.programs[0]} …"
    name = next(iter(tool.accepts), "NAME")
    return f"For example: handrail call {tool.name} {name}=…"
