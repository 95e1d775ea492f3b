"""The longest command that a declared tool could run, with marks in the place of its params."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handrail.diagnostic import Key
from handrail.spec.args import Arg, Group
from handrail.spec.param import ParamSpec, ParamType
from handrail.spec.template import Slot, Template
from handrail.spec.tool import CommandSpec

# Of the private use area: no option, no word of any program, and no file has them.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_NUMBERS = (ParamType.INTEGER, ParamType.NUMBER)


@dataclass(frozen=True, slots=True)
class Word:
    """One argument: its text, where its template is, and the params in it."""

    text: str
    at: tuple[Key, ...]
    names: tuple[str, ...] = ()


def sample(tool: CommandSpec) -> list[Word]:
    """Every argument that the tool can have, as if all its params were given."""
    return list(_words(tool.args, ("args",), tool))


def marked(text: str | None) -> tuple[str, ...]:
    """The params whose marks are in `text`."""
    return tuple(_MARK.findall(text or ""))


def plain(text: str) -> str:
    """`text` with its marks as the author wrote them: `{name}`."""
    return _MARK.sub(r"{\1}", text)


def _words(args: Sequence[Arg], at: tuple[Key, ...], tool: CommandSpec) -> Iterator[Word]:
    for index, arg in enumerate(args):
        place = (*at, index)
        match arg:
            case Template():
                text = "".join(_text(part, tool) for part in arg.parts)
                yield Word(text, place, arg.names)
            case Group():
                yield from _words(arg.args, place, tool)
            case _:
                yield from _words(arg.args, (*place, "args"), tool)


def _text(part: str | Slot, tool: CommandSpec) -> str:
    if isinstance(part, str):
        return part
    param = tool.params.get(part.name, ParamSpec())
    if param.choices:
        return str(param.choices[0])
    if param.type in _NUMBERS:
        return "1"
    mark = f"{_OPEN}{part.name}{_CLOSE}"
    return f"./{mark}" if param.type is ParamType.PATH else mark
