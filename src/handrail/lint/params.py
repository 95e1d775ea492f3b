"""E12x: params that contradict themselves."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.diagnostic import Finding, Key, Severity
from handrail.lint.uses import How, uses
from handrail.spec.param import ParamSpec, ParamType
from handrail.spec.server import ServerSpec
from handrail.spec.tool import CommandSpec
from handrail.spec.values import BadValue, check_value

_TEXT = (ParamType.STRING, ParamType.PATH)
_NUMBERS = (ParamType.INTEGER, ParamType.NUMBER)
_FITS = {
    "pattern": _TEXT,
    "max_length": _TEXT,
    "multiline": (ParamType.STRING,),
    "min": _NUMBERS,
    "max": _NUMBERS,
}
"""The types for which a bound means something."""


def judge_params(spec: ServerSpec) -> Iterator[Finding]:
    """Judge every param by itself, then by where it stands in argv."""
    for index, tool in spec.commands:
        for name, param in tool.params.items():
            at = ("tool", index, "params", name)
            yield from _bounds(at, param)
            yield from _choices(at, param)
            yield from _default(at, param)
        yield from _dashes(index, tool)


def _bounds(at: tuple[Key, ...], param: ParamSpec) -> Iterator[Finding]:
    name = at[-1]
    if param.min is not None and param.max is not None and param.min > param.max:
        yield Finding((*at, "min"), "E121", f"params.{name}: min is greater than max")
    for key in sorted(_FITS.keys() & param.model_fields_set):
        if param.type not in _FITS[key]:
            types = " or ".join(_FITS[key])
            message = f"params.{name}: {key} has no meaning for type {param.type}"
            hint = f"It needs type {types}."
            yield Finding((*at, key), "E124", message, hint, on_key=True)
    if param.max_items is not None and not param.repeat:
        message = f"params.{name}: max_items has no meaning without repeat = true"
        yield Finding((*at, "max_items"), "E125", message, on_key=True)
    if param.repeat and param.type is ParamType.BOOLEAN:
        yield Finding((*at, "repeat"), "E127", f"params.{name}: a boolean cannot repeat")


def _choices(at: tuple[Key, ...], param: ParamSpec) -> Iterator[Finding]:
    alone = param.model_copy(update={"choices": None, "repeat": False})
    for index, choice in enumerate(param.choices or ()):
        if reason := _reason(alone, choice):
            message = f"params.{at[-1]}: this choice {reason}"
            yield Finding((*at, "choices", index), "E123", message)


def _default(at: tuple[Key, ...], param: ParamSpec) -> Iterator[Finding]:
    if param.default is None:
        return
    default = list(param.default) if isinstance(param.default, tuple) else param.default
    if reason := _reason(param, default):
        yield Finding((*at, "default"), "E122", f"params.{at[-1]}: the default {reason}")
    if param.required:
        message = f"params.{at[-1]}: required, so the default is never used"
        yield Finding((*at, "default"), "E126", message, None, Severity.WARNING, on_key=True)


def _reason(param: ParamSpec, value: object) -> str | None:
    try:
        check_value(param, value)
    except BadValue as bad:
        return bad.reason
    return None


def _dashes(index: int, tool: CommandSpec) -> Iterator[Finding]:
    """Values that the planner would always refuse, because they would be read as options."""
    starts = {use.name for use in uses(index, tool) if use.how in (How.WHOLE, How.START)}
    for name in sorted(starts & tool.params.keys()):
        param, at = tool.params[name], ("tool", index, "params", name)
        if param.dash:
            message = f'params.{name}: dash = true lets callers give options to "{tool.program}"'
            hint = "Prefer --option={x}, or choices."
            if param.choices is None:
                yield Finding((*at, "dash"), "E128", message, hint, Severity.WARNING, on_key=True)
            continue
        for place, value in _declared(at, param):
            if param.type is not ParamType.PATH and str(value).startswith("-"):
                message = f"params.{name}: this value would be read as an option"
                hint = "Write the param as --option={x}, or add dash = true."
                yield Finding(place, "E129", message, hint)


def _declared(at: tuple[Key, ...], param: ParamSpec) -> Iterator[tuple[tuple[Key, ...], object]]:
    for key, values in (("choices", param.choices), ("default", param.default)):
        if isinstance(values, tuple):
            yield from (((*at, key, index), value) for index, value in enumerate(values))
        elif values is not None:
            yield (*at, key), values
