"""Where a tool's templates use its params, and what is known of them there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from handrail.diagnostic import Key
from handrail.spec.args import Arg, Each, Group, Unless, When
from handrail.spec.template import Template
from handrail.spec.tool import CommandSpec


class How(Enum):
    """What a template or table does with a param."""

    WHOLE = auto()
    """`"{p}"`: an argument of its own."""
    START = auto()
    """`"{p}.txt"`: the beginning of an argument."""
    PART = auto()
    """`"--limit={p}"`: a part of an argument."""
    INPUT = auto()
    """Text of `stdin` or `cwd`."""
    CONDITION = auto()
    """`when` or `unless`."""
    EACH = auto()
    """`each`."""
    PAGES = auto()
    """A param of `pages`."""


@dataclass(frozen=True, slots=True)
class Use:
    """One mention of a param. `known_set`: here it has a value; `item`: it is one of a list."""

    name: str
    at: tuple[Key, ...]
    how: How
    known_set: bool = False
    item: bool = False


@dataclass(frozen=True, slots=True)
class _Inside:
    """What the tables and lists around an argument say about params."""

    set: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()


def uses(index: int, tool: CommandSpec) -> Iterator[Use]:
    """Every mention of a param in the templates of tool number `index`."""
    at = ("tool", index)
    yield from _in_args(tool.args, (*at, "args"), _Inside())
    for key, template in (("stdin", tool.stdin), ("cwd", tool.cwd)):
        for name in template.names if template else ():
            yield Use(name, (*at, key), How.INPUT)
    for key, name in tool.pages or ():
        if name is not None:
            yield Use(name, (*at, "pages", key), How.PAGES)


def needed(group: Group) -> frozenset[str]:
    """The params whose absence drops the group: those in its own text, as the planner has it."""
    return frozenset(name for arg in group.args if isinstance(arg, Template) for name in arg.names)


def groups(args: Sequence[Arg], at: tuple[Key, ...]) -> Iterator[tuple[Group, tuple[Key, ...]]]:
    """Every optional group in `args`, and where it is."""
    for index, arg in enumerate(args):
        place = (*at, index)
        if isinstance(arg, Group):
            yield arg, place
            yield from groups(arg.args, place)
        elif not isinstance(arg, Template):
            yield from groups(arg.args, (*place, "args"))


def _in_args(args: Sequence[Arg], at: tuple[Key, ...], inside: _Inside) -> Iterator[Use]:
    for index, arg in enumerate(args):
        yield from _in_arg(arg, (*at, index), inside)


def _in_arg(arg: Arg, at: tuple[Key, ...], inside: _Inside) -> Iterator[Use]:
    match arg:
        case Template():
            yield from _in_template(arg, at, inside)
        case Group():
            yield from _in_args(arg.args, at, replace(inside, set=inside.set | needed(arg)))
        case When():
            yield Use(arg.when, (*at, "when"), How.CONDITION)
            now = replace(inside, set=inside.set | {arg.when})
            yield from _in_args(arg.args, (*at, "args"), now)
        case Unless():
            yield Use(arg.unless, (*at, "unless"), How.CONDITION)
            yield from _in_args(arg.args, (*at, "args"), inside)
        case Each():
            yield Use(arg.each, (*at, "each"), How.EACH)
            one = _Inside(inside.set | {arg.each}, inside.items | {arg.each})
            yield from _in_args(arg.args, (*at, "args"), one)


def _in_template(template: Template, at: tuple[Key, ...], inside: _Inside) -> Iterator[Use]:
    for name in template.names:
        yield Use(name, at, _how(template, name), name in inside.set, name in inside.items)


def _how(template: Template, name: str) -> How:
    if template.only_slot is not None:
        return How.WHOLE
    return How.START if template.source.startswith(f"{{{name}}}") else How.PART
