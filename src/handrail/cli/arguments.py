"""`k=v` words on the command line become a tool's arguments."""

from __future__ import annotations

from collections.abc import Sequence

from handrail.errors import UsageError
from handrail.spec.param import ParamSpec, ParamType
from handrail.spec.tool import ToolSpec

_BOOLEANS = {"true": True, "false": False}


def parse_arguments(tool: ToolSpec, words: Sequence[str]) -> dict[str, object]:
    """The arguments that `words` give; a repeated param takes a word for each item.

    A word that is not of its param's type stays text: the planner says what is wrong with it.
    Raises `UsageError` for a word without `=`, and for a second value where one is wanted.
    """
    arguments: dict[str, object] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise UsageError(f"{word!r} is not NAME=VALUE", hint=_example(tool))
        param = tool.params.get(name, ParamSpec())
        if param.repeat:
            items = arguments.setdefault(name, [])
            assert isinstance(items, list)
            items.append(_value(param, text))
        elif name in arguments:
            raise UsageError(f"{name} is given twice, and takes one value")
        else:
            arguments[name] = _value(param, text)
    return arguments


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
    name = next(iter(tool.params), "NAME")
    return f"For example: handrail call {tool.name} {name}=…"
