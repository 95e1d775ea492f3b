"""`${NAME}` and `${NAME:-default}`, in the few keys that depend on the machine."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from handrail.diagnostic import Finding, Key
from handrail.spec.keys import dotted
from handrail.spec.plain import encodes

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^${}]*))?\}")
_LISTS_OF_PATHS = ("readable", "writable", "executable")
_USER = ("confinement", "user")
_STORE = ("access", "store")


def interpolate(
    data: dict[str, Any], environ: Mapping[str, str]
) -> tuple[dict[str, Any], list[Finding]]:
    """A copy of `data` with its variables replaced, and the variables that could not be."""
    data = copy.deepcopy(data)
    findings: list[Finding] = []
    for holder, at in _places(data):
        text = holder[at[-1]]
        if isinstance(text, str) and "${" in text:
            problem = _problem(text, environ, at)
            if problem is None:
                holder[at[-1]] = _REFERENCE.sub(lambda found: _value(found, environ), text)
            else:
                findings.append(problem)
    return data, findings


def _places(data: dict[str, Any]) -> Iterator[tuple[Any, tuple[Key, ...]]]:
    """Every place whose variables are replaced, as the table or list that holds it and its path."""
    yield from _of_table(data.get("workspace"), ("workspace", "root"))
    yield from _of_table(data.get("confinement"), _USER)
    yield from _of_table(data.get("access"), _STORE)
    http = data.get("http")
    tls = http.get("tls") if isinstance(http, dict) else None
    for key in ("certificate", "private_key"):
        yield from _of_table(tls, ("http", "tls", key))
    for table, key in (("programs", "path"), ("secrets", "file")):
        for name, entry in _items(data.get(table)):
            yield from _of_table(entry, (table, name, key))
    for index, tool in _items(data.get("tool")):
        for key, paths in _items(tool):
            if key in _LISTS_OF_PATHS and isinstance(paths, list):
                yield from ((paths, ("tool", index, key, place)) for place in range(len(paths)))


def _of_table(table: object, at: tuple[Key, ...]) -> Iterator[tuple[Any, tuple[Key, ...]]]:
    if isinstance(table, dict) and at[-1] in table:
        yield table, at


def _items(value: object) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _problem(text: str, environ: Mapping[str, str], at: tuple[Key, ...]) -> Finding | None:
    where = dotted(at)
    if "${" in _REFERENCE.sub("", text):
        return Finding(at, "E305", f"{where}: write ${{NAME}} or ${{NAME:-default}}")
    for found in _REFERENCE.finditer(text):
        name = found[1]
        value = _value(found, environ)
        if value == "" and not (at == _USER and found[2] == ""):
            message = f"{where}: the environment variable {name} is unset or empty"
            return Finding(at, "E304", message, f"Set it, or write ${{{name}:-default}}.")
        if "\0" in value or not encodes(value):
            return Finding(at, "E304", f"{where}: the environment variable {name} is not UTF-8")
    return None


def _value(found: re.Match[str], environ: Mapping[str, str]) -> str:
    # As in a shell: an empty variable takes the default too.
    return environ.get(found[1]) or found[2] or ""
