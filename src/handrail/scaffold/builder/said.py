"""Answers that come as data: what is wrong with them is told by its key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from handrail.diagnostic import Diagnostic, Key
from handrail.errors import ArgumentError, SpecError
from handrail.scaffold.answers import Answers, from_documents
from handrail.scaffold.builder.places import spelled
from handrail.scaffold.builder.refusals import Explained
from handrail.spec.document import Document
from handrail.spec.source import Source, Spot

_HINT = "`questions` lists the keys. Correct all of these and call again."


def said(data: Mapping[str, Any]) -> Answers:
    """The answers. Raises `Explained` with everything that is wrong with them."""
    paths = [(), *_paths(data, ())]
    # A line for each key, so that the line of a finding tells which key it is about.
    source = Source(Path("answers"), None, "\n" * len(paths))
    spots = {path: Spot(line, line) for line, path in enumerate(paths)}
    try:
        return from_documents([Document(source, dict(data), lambda _: spots)])
    except SpecError as wrong:
        raise _refusal(wrong.diagnostics, paths) from None


def _paths(value: object, at: tuple[Key, ...]) -> Iterator[tuple[Key, ...]]:
    match value:
        case dict():
            entries: Iterable[tuple[Key, object]] = value.items()
        case list():
            entries = enumerate(value)
        case _:
            return
    for key, inner in entries:
        yield (*at, key)
        yield from _paths(inner, (*at, key))


def _refusal(found: Iterable[Diagnostic], paths: list[tuple[Key, ...]]) -> Explained:
    findings = [_finding(one, paths[one.place.line - 1]) for one in found]
    count = f"{len(findings)} answers are" if len(findings) > 1 else "an answer is"
    error = ArgumentError(f"{count} wrong", hint=_HINT, field="answers")
    return Explained(error, "\n".join(map(_line, findings)), {"findings": findings})


def _finding(one: Diagnostic, at: tuple[Key, ...]) -> dict[str, Any]:
    return {
        "where": spelled(at) or "answers",
        "code": one.code,
        "message": one.message,
        **({"hint": one.hint} if one.hint else {}),
    }


def _line(finding: Mapping[str, Any]) -> str:
    hint = f"\n    hint: {finding['hint']}" if "hint" in finding else ""
    return f"{finding['where']} [{finding['code']}] {finding['message']}{hint}"
