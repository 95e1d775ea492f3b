"""Drafts, held to what `handrail check` will say of them, and mended where it knows how."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from handrail.diagnostic import Finding, Insert, Severity
from handrail.lint.execution import WORKSPACE
from handrail.lint.lint import lint
from handrail.lint.programs import FILTERS
from handrail.lint.review import Review
from handrail.lint.security import security
from handrail.profiles.role import Role
from handrail.scaffold.draft import Draft
from handrail.spec.document import Document
from handrail.spec.load import Reading, read_document
from handrail.spec.source import Source

PATHS = frozenset({Role.READ, Role.WRITE, Role.DESTROY, Role.FOLDER, Role.LOCAL, Role.LOCAL_WRITE})
"""Roles whose values are paths of the workspace."""
_NOWHERE = Source(Path("draft"), None, "")


def vetted(drafts: Sequence[Draft]) -> tuple[list[Draft], list[str]]:
    """The drafts that check accepts, with its warnings as notes.

    The second half says which ones it does not, and why.
    """
    kept: list[Draft] = []
    dropped: list[str] = []
    for draft in drafts:
        trial = _Trial(_mended(draft))
        errors = [one for one in trial.findings if one.severity is Severity.ERROR]
        if errors:
            dropped.append(f'"{draft.name}" was left out: {_told(errors[0])}')
        else:
            notes = dict.fromkeys([*trial.draft.notes, *trial.warnings])
            kept.append(replace(trial.draft, notes=tuple(notes)))
    return kept, dropped


def _mended(draft: Draft) -> Draft:
    """The draft with what its program's profile knows, and its importer did not."""
    for mend in (_with_paths, _with_insertions, _acknowledged):
        trial = _Trial(draft)
        if trial.reading.spec is not None:
            draft = mend(trial)
    return draft


@dataclass(frozen=True)
class _Trial:
    """A draft as the only tool of a file."""

    draft: Draft

    @cached_property
    def reading(self) -> Reading:
        data: dict[str, Any] = {
            "config_version": 1,
            "programs": {name: dict(one) for name, one in self.draft.programs.items()},
            "tool": [dict(self.draft.tool)],
        }
        return read_document(_NOWHERE.file, Document(_NOWHERE, data, lambda _: {}), {})

    @cached_property
    def findings(self) -> list[Finding]:
        spec = self.reading.spec
        if spec is None:
            return list(self.reading.findings)
        return [*lint(spec), *security(spec, Path())]

    @property
    def warnings(self) -> Iterator[str]:
        """What check will say, and stop nothing by."""
        for one in self.findings:
            if one.at[:1] == ("tool",):
                yield f"{one.code}: {_told(one)}"


def _told(finding: Finding) -> str:
    hint = f" {finding.hint}" if finding.hint else ""
    return f"{finding.message}.{hint}"


def _with_paths(trial: _Trial) -> Draft:
    """Values that the program takes for files become paths, which are held to the workspace."""
    if trial.reading.spec is None:
        return trial.draft
    command = Review.of(trial.reading.spec, Path()).commands[0]
    if command.called & FILTERS:
        return trial.draft
    named = {name for use, name in command.params() if use.role in PATHS}
    paths = sorted(name for name in named if command.is_any_text(name))
    if not paths:
        return trial.draft
    params = dict(trial.draft.tool["params"])
    params |= {name: {**params[name], "type": "path"} for name in paths}
    note = f"Paths of the workspace only: {', '.join(paths)}."
    return _changed(trial.draft, note, params=params)


def _with_insertions(trial: _Trial) -> Draft:
    """Arguments that turn off what the program would do by itself."""
    args = list(trial.draft.tool.get("args", []))
    fixes = [one.fix for one in trial.findings if isinstance(one.fix, Insert)]
    for fix in sorted(fixes, key=lambda one: one.index, reverse=True):
        args[fix.index : fix.index] = fix.items
    return _changed(trial.draft, args=args) if fixes else trial.draft


def _acknowledged(trial: _Trial) -> Draft:
    """What ran code of the workspace before may go on to; its author is told."""
    if not any(one.code == "S402" for one in trial.findings):
        return trial.draft
    accepted = [*trial.draft.tool.get("acknowledge", []), WORKSPACE]
    note = "It runs code from files in the workspace; `acknowledge` says that this is meant."
    return _changed(trial.draft, note, acknowledge=accepted)


def _changed(draft: Draft, *notes: str, **keys: Any) -> Draft:
    return replace(draft, tool={**draft.tool, **keys}, notes=(*draft.notes, *notes))
