"""Arguments become values: checked, defaulted, and turned into text."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from handrail.errors import ArgumentError
from handrail.plan.argv import Text, Values
from handrail.plan.paths import confine, real, render
from handrail.spec.param import ParamSpec, ParamType
from handrail.spec.tool import ToolSpec
from handrail.spec.values import BadValue, Value, check_value


@dataclass(frozen=True, slots=True)
class Bound:
    """Every set param's text, what rules match of it, and the texts that must never be shown."""

    values: Values
    arguments: Mapping[str, tuple[Value, ...]] = field(repr=False)
    sensitive: tuple[str, ...] = field(repr=False)


def bind(tool: ToolSpec, arguments: Mapping[str, object], *, workspace: Path, cwd: Path) -> Bound:
    """Check `arguments` against the tool's params, and put defaults in.

    `null` means unset, as clients send it. Raises `ArgumentError`, naming the field and what
    is allowed, never a sensitive value; and `PathOutsideWorkspace`.
    """
    values: dict[str, Text] = {}
    matched: dict[str, tuple[Value, ...]] = {}
    sensitive: list[str] = []
    for name, value in check(tool.accepts, arguments).items():
        items = _items(name, tool.accepts[name], value, workspace)
        texts = tuple(_text(item, cwd) for item in items)
        values[name] = texts if isinstance(value, tuple) else texts[0]
        matched[name] = tuple(one for item in items for one in _meanings(item, workspace))
        sensitive += texts if tool.accepts[name].sensitive else ()
    return Bound(values, matched, tuple(sensitive))


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


def _items(
    name: str, param: ParamSpec, value: Value | tuple[Value, ...], workspace: Path
) -> tuple[Value | Path, ...]:
    """The values, one or several, with paths confined to the workspace."""
    items = value if isinstance(value, tuple) else (value,)
    if param.type is not ParamType.PATH:
        return items
    return tuple(confine(str(item), workspace, field=name) for item in items)


def _text(item: Value | Path, cwd: Path) -> str:
    if isinstance(item, Path):
        return render(item, cwd)
    return str(item).lower() if isinstance(item, bool) else str(item)


def _meanings(item: Value | Path, workspace: Path) -> tuple[Value, ...]:
    """What rules match: a path as it lies in the workspace, and where it leads when it is a link.

    However the caller wrote it, it is one and the same.
    """
    if not isinstance(item, Path):
        return (item,)
    places = dict.fromkeys([item, real(item) or item])
    return tuple(str(one.relative_to(workspace)) for one in places if one.is_relative_to(workspace))
