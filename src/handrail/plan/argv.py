"""The declared `args` and bound values become argv elements: one value, one element, for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from handrail.errors import ArgumentError
from handrail.spec.args import Arg, Each, Group, Unless, When
from handrail.spec.param import ParamSpec
from handrail.spec.template import Slot, Template

Text = str | tuple[str, ...]
"""A param's value as text; a tuple when the param repeats."""

Values = Mapping[str, Text]
"""Values by param; an unset param has no entry, a false boolean has the text `false`."""


def expand(args: Sequence[Arg], values: Values, params: Mapping[str, ParamSpec]) -> list[str]:
    """The elements that `args` become, in order.

    Raises `ArgumentError` for a value that would begin its own element with `-`, or for a
    param that is needed and unset.
    """
    return [element for arg in args for element in _expand(arg, values, params)]


def fill(template: Template, values: Values) -> str:
    """The text of `template` with every slot filled. Raises `ArgumentError` for an unset one."""
    return "".join(
        _one(part.name, values) if isinstance(part, Slot) else part for part in template.parts
    )


def _expand(arg: Arg, values: Values, params: Mapping[str, ParamSpec]) -> Iterator[str]:
    if isinstance(arg, Template):
        yield from _elements(arg, values, params)
        return
    for each in _readings(arg, values):
        yield from expand(arg.args, each, params)


def _readings(arg: Group | When | Unless | Each, values: Values) -> list[Values]:
    """The values to expand the inner arguments with: none, these, or one set per item."""
    match arg:
        case Group():
            return [values] if _is_complete(arg, values) else []
        case When():
            return [values] if values.get(arg.when) == "true" else []
        case Unless():
            return [values] if values.get(arg.unless) != "true" else []
        case Each():
            return [{**values, arg.each: item} for item in values.get(arg.each, ())]


def _is_complete(group: Group, values: Values) -> bool:
    """Whether every param in the group's own text is set; inner groups decide for themselves.

    An empty list is nothing too: `-k` without its items would swallow what follows.
    """
    texts = (arg for arg in group.args if isinstance(arg, Template))
    return all(values.get(name, ()) != () for text in texts for name in text.names)


def _elements(template: Template, values: Values, params: Mapping[str, ParamSpec]) -> Iterator[str]:
    name = template.only_slot
    items = values.get(name, ()) if name is not None and params[name].repeat else ""
    if name is not None and isinstance(items, tuple):
        for item in items:
            refuse_dash(name, item, params[name])
        yield from items
        return
    text = fill(template, values)
    beginning = _beginning(template, values)
    if beginning is not None:
        refuse_dash(beginning, text, params[beginning])
    yield text


def _beginning(template: Template, values: Values) -> str | None:
    """The param whose value begins the element; None when the file's author wrote that.

    Empty values begin nothing, but an author's dash counts as theirs when they come first:
    whoever gives an empty `{a}` must not turn `{a}-x` into an option.
    """
    name: str | None = None
    for part in template.parts:
        if not isinstance(part, Slot):
            return name
        name = part.name
        if values[name]:
            return name
    return name


def refuse_dash(name: str, text: str, param: ParamSpec) -> None:
    """Refuse an element that a value begins with `-`: the program would read an option.

    Negative numbers too; the param's `dash = true` is the author's word that it is safe.
    """
    if text.startswith("-") and not param.dash:
        raise ArgumentError(
            f"`{name}` may not start with `-`",
            field=name,
            hint="A leading dash would be read as an option; leave it out.",
        )


def _one(name: str, values: Values) -> str:
    value = values.get(name)
    if isinstance(value, str):
        return value
    raise ArgumentError(f"`{name}` is needed here and was not given", field=name)
