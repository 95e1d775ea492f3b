"""Arguments become values: checked, defaulted, and turned into text."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from handrail.errors import ArgumentError
from handrail.plan.argv import Text, Values
from handrail.plan.paths import confine, render
from handrail.spec.param import ParamSpec, ParamType
from handrail.spec.tool import ToolSpec
from handrail.spec.values import BadValue, Value, check_value


@dataclass(frozen=True, slots=True)
class Bound:
    """Every set param's text, and the texts that must never be shown."""

    values: Values
    sensitive: tuple[str, ...] = field(repr=False)


def bind(tool: ToolSpec, arguments: Mapping[str, object], *, workspace: Path, cwd: Path) -> Bound:
    """Check `arguments` against the tool's params, and put defaults in.

    `null` means unset, as clients send it. Raises `ArgumentError`, naming the field and what
    is allowed, never a sensitive value; and `PathOutsideWorkspace`.
    """
    values: dict[str, Text] = {}
    sensitive: list[str] = []
    for name, value in check(tool.accepts, arguments).items():
        text = _text(name, tool.accepts[name], value, workspace, cwd)
        values[name] = text
        if tool.accepts[name].sensitive:
            sensitive += [text] if isinstance(text, str) else text
    return Bound(values, tuple(sensitive))


def check(
    params: Mapping[str, ParamSpec], arguments: Mapping[str, object]
) -> dict[str, Value | tuple[Value, ...]]:
    """The value of every param that is given or has a default. Raises `ArgumentError`."""
    for name in arguments:
        if name not in params:
            raise _unknown(name, list(params))
    checked = {name: _checked(name, param, arguments.get(name)) for name, param in params.items()}
    return {name: value for name, value in checked.items() if value is not None}


def _unknown(name: str, known: list[str]) -> ArgumentError:
    shown = ascii(name[:64])[1:-1]
    close = difflib.get_close_matches(shown, known, n=1)
    guess = f"; did you mean `{close[0]}`?" if close else ""
    return ArgumentError(f"there is no argument `{shown}`{guess}", field=shown, allowed=known)


def _checked(name: str, param: ParamSpec, given: object) -> Value | tuple[Value, ...] | None:
    value = param.default if given is None else given
    if value is None or (param.required and value == []):
        if param.required:
            raise ArgumentError(f"`{name}` is required", field=name, hint=param.description)
        return None
    try:
        return check_value(param, list(value) if isinstance(value, tuple) else value)
    except BadValue as bad:
        raise ArgumentError(f"`{name}` {bad.reason}", field=name, allowed=bad.allowed) from None


def _text(
    name: str, param: ParamSpec, value: Value | tuple[Value, ...], workspace: Path, cwd: Path
) -> Text:
    def one(item: Value) -> str:
        if param.type is ParamType.PATH:
            return render(confine(str(item), workspace, field=name), cwd)
        return str(item).lower() if isinstance(item, bool) else str(item)

    return tuple(one(item) for item in value) if isinstance(value, tuple) else one(value)
