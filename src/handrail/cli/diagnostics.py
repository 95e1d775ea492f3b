"""Diagnostics as text, JSON, GitHub workflow commands, or SARIF."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from handrail.diagnostic import Diagnostic

Format = Literal["text", "json", "github", "sarif"]
"""How diagnostics are written."""


def render(diagnostics: Sequence[Diagnostic], how: Format) -> str:
    """All diagnostics in one text; empty when there are none and the format allows it."""
    return _RENDERERS[how](diagnostics)


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """How many there are of each kind."""
    errors = sum(one.is_error for one in diagnostics)
    silenced = sum(one.silenced is not None for one in diagnostics)
    warnings = len(diagnostics) - errors - silenced
    counts = [_count(n, what) for n, what in ((errors, "error"), (warnings, "warning")) if n]
    found = ", ".join(counts) or "no problems found"
    return f"{found} ({silenced} silenced, with a reason)" if silenced else found


def documented(code: str) -> str:
    """Where the meaning of a code is told, in the folder of the documentation."""
    if code.startswith("S"):
        return f"docs/security-lint.md#{code.lower()}"
    return "docs/diagnostics.md"


def shown(file: Path) -> str:
    """`file` relative to the current directory when it is below it."""
    here, absolute = Path.cwd(), file.absolute()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)


def line(diagnostic: Diagnostic) -> str:
    """`file:line:col severity[CODE] message`."""
    place = diagnostic.place
    where = f"{shown(diagnostic.file)}:{place.line}:{place.column}"
    return f"{where} {diagnostic.severity}[{diagnostic.code}] {diagnostic.message}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _text(diagnostics: Sequence[Diagnostic]) -> str:
    return "".join(
        f"{line(one)}\n" + (f"    hint: {one.hint}\n" if one.hint else "")
        for one in _standing(diagnostics)
    )


def _standing(diagnostics: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Those that nobody has silenced."""
    return (one for one in diagnostics if one.silenced is None)


def _json(diagnostics: Sequence[Diagnostic]) -> str:
    return json.dumps([_record(one) for one in diagnostics], indent=2) + "\n"


def _record(diagnostic: Diagnostic) -> dict[str, Any]:
    answer = {"reason": diagnostic.silenced} if diagnostic.silenced else {}
    return {
        "file": shown(diagnostic.file),
        "line": diagnostic.place.line,
        "column": diagnostic.place.column,
        "severity": diagnostic.severity.value,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        "documentation": documented(diagnostic.code),
        "silenced": diagnostic.silenced is not None,
        **answer,
    }


def _github(diagnostics: Sequence[Diagnostic]) -> str:
    return "".join(f"{_command(one)}\n" for one in _standing(diagnostics))


def _command(diagnostic: Diagnostic) -> str:
    properties = {
        "file": shown(diagnostic.file),
        "line": diagnostic.place.line,
        "col": diagnostic.place.column,
        "title": diagnostic.code,
    }
    named = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{diagnostic.severity} {named}::{_data(_with_hint(diagnostic))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _with_hint(diagnostic: Diagnostic) -> str:
    return (
        f"{diagnostic.message}\nhint: {diagnostic.hint}" if diagnostic.hint else diagnostic.message
    )


def _sarif(diagnostics: Sequence[Diagnostic]) -> str:
    rules = sorted({one.code for one in diagnostics})
    described = [{"id": code, "help": {"text": documented(code)}} for code in rules]
    driver = {"name": "handrail", "version": _version(), "rules": described}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, rules) for one in diagnostics],
    }
    return json.dumps({"version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(diagnostic: Diagnostic, rules: list[str]) -> dict[str, Any]:
    region = {"startLine": diagnostic.place.line, "startColumn": diagnostic.place.column}
    reason = diagnostic.silenced
    suppressed = {"suppressions": [{"kind": "inSource", "justification": reason}]}
    location = {"artifactLocation": {"uri": _uri(diagnostic.file)}, "region": region}
    return {
        "ruleId": diagnostic.code,
        "ruleIndex": rules.index(diagnostic.code),
        "level": diagnostic.severity.value,
        "message": {"text": _with_hint(diagnostic)},
        "locations": [{"physicalLocation": location}],
        **(suppressed if reason else {}),
    }


def _uri(file: Path) -> str:
    here, absolute = Path.cwd(), file.absolute()
    below = absolute.is_relative_to(here)
    return absolute.as_uri().removeprefix(f"{here.as_uri()}/") if below else absolute.as_uri()


def _version() -> str:
    try:
        return version("handrail")
    except PackageNotFoundError:
        return "0"


_RENDERERS: dict[Format, Callable[[Sequence[Diagnostic]], str]] = {
    "text": _text,
    "json": _json,
    "github": _github,
    "sarif": _sarif,
}
