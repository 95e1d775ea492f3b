"""Drafts, held to what `handrail check` will say of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from handrail.diagnostic import Finding, Severity
from handrail.lint.execution import WORKSPACE
from handrail.lint.lint import lint
from handrail.lint.security import security
from handrail.scaffold.draft import Draft
from handrail.spec.document import Document
from handrail.spec.load import Reading, read_document
from handrail.spec.server import ServerSpec
from handrail.spec.source import Source

_NOWHERE = Source(Path("draft"), None, "")


def vetted(drafts: Sequence[Draft]) -> tuple[list[Draft], list[str]]:
    """The drafts that a server file can hold, with what check will say of each as notes.

    The second half says which ones could not be, and why: a fault of an importer of ours, or a
    file that is stranger than it knows.
    """
    kept: list[Draft] = []
    dropped: list[str] = []
    for draft in drafts:
        spec, findings = _examined(draft)
        errors = [one for one in findings if one.severity is Severity.ERROR and one.code[0] == "E"]
        if spec is None or errors:
            reason = errors[0].message if errors else "it is no tool"
            dropped.append(f'"{draft.name}" was left out: {reason}.')
        else:
            kept.append(_noted(_acknowledged(draft, findings), findings))
    return kept, dropped


def _examined(draft: Draft) -> tuple[ServerSpec | None, list[Finding]]:
    reading = _reading(draft)
    if reading.spec is None:
        return None, list(reading.findings)
    return reading.spec, [*lint(reading.spec), *security(reading.spec, Path())]


def _reading(draft: Draft) -> Reading:
    data: dict[str, Any] = {
        "config_version": 1,
        "programs": {name: dict(one) for name, one in draft.programs.items()},
        "tool": [dict(draft.tool)],
    }
    return read_document(_NOWHERE.file, Document(_NOWHERE, data, lambda _: {}), {})


def _acknowledged(draft: Draft, findings: Iterable[Finding]) -> Draft:
    """The draft with what it would be refused without, as it ran such code before."""
    if not any(one.code == "S402" for one in findings):
        return draft
    accepted = [*draft.tool.get("acknowledge", []), WORKSPACE]
    note = "It runs code from files in the workspace; `acknowledge` says that this is meant."
    return replace(draft, tool={**draft.tool, "acknowledge": accepted}, notes=(*draft.notes, note))


def _noted(draft: Draft, findings: Iterable[Finding]) -> Draft:
    notes = dict.fromkeys([*draft.notes, *_told(findings)])
    return replace(draft, notes=tuple(notes))


def _told(findings: Iterable[Finding]) -> Iterator[str]:
    for one in findings:
        if one.code != "S402" and one.at[:1] == ("tool",):
            hint = f" {one.hint}" if one.hint else ""
            yield f"{one.code}: {one.message}.{hint}"
