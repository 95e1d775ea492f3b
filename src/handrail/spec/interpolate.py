"""`${NAME}` and `${NAME:-default}`, in the few keys that depend on the machine."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from handrail.diagnostic import Finding
from handrail.spec.plain import encodes

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^${}]*))?\}")


def interpolate(
    data: dict[str, Any], environ: Mapping[str, str]
) -> tuple[dict[str, Any], list[Finding]]:
    """A copy of `data` with its variables replaced, and the variables that could not be."""
    data = copy.deepcopy(data)
    findings: list[Finding] = []
    for table, at in _places(data):
        text = table.get(at[-1])
        if isinstance(text, str) and "${" in text:
            problem = _problem(text, environ, at)
            if problem is None:
                table[at[-1]] = _REFERENCE.sub(lambda found: _value(found, environ), text)
            else:
                findings.append(problem)
    return data, findings


def _places(data: dict[str, Any]) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    yield _table(data, "workspace"), ("workspace", "root")
    for name, program in _table(data, "programs").items():
        if isinstance(program, dict):
            yield program, ("programs", name, "path")
    for name, secret in _table(data, "secrets").items():
        if isinstance(secret, dict):
            yield secret, ("secrets", name, "file")


def _table(data: dict[str, Any], key: str) -> dict[str, Any]:
    table = data.get(key)
    return table if isinstance(table, dict) else {}


def _problem(text: str, environ: Mapping[str, str], at: tuple[str, ...]) -> Finding | None:
    where = ".".join(at)
    if "${" in _REFERENCE.sub("", text):
        return Finding(at, "E305", f"{where}: write ${{NAME}} or ${{NAME:-default}}")
    for found in _REFERENCE.finditer(text):
        name = found[1]
        if _value(found, environ) == "":
            message = f"{where}: the environment variable {name} is unset or empty"
            return Finding(at, "E304", message, f"Set it, or write ${{{name}:-default}}.")
        if "\0" in (value := _value(found, environ)) or not encodes(value):
            return Finding(at, "E304", f"{where}: the environment variable {name} is not UTF-8")
    return None


def _value(found: re.Match[str], environ: Mapping[str, str]) -> str:
    # As in a shell: an empty variable takes the default too.
    return environ.get(found[1]) or found[2] or ""
