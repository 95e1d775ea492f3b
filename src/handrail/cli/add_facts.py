"""What `handrail add` says when it is done, to programs and to people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handrail.cli.check import diagnostics_of
from handrail.cli.example import command_line
from handrail.diagnostic import Diagnostic
from handrail.examining import Examination
from handrail.scaffold.draft import Draft
from handrail.spec.tool import ExampleSpec


@dataclass(frozen=True, slots=True)
class Added:
    """Drafts in the text of a server file, and what examining that has shown."""

    file: Path
    text: str
    drafts: Sequence[Draft]
    examined: Examination

    @property
    def findings(self) -> list[Diagnostic]:
        """What is to be said of the new tools, and what else keeps the file from being served."""
        names = {draft.name for draft in self.drafts}
        lines = self.text.splitlines()
        starts = [place for place, line in enumerate(lines, start=1) if line == "[[tool]]"]
        first = starts[-len(names)] if len(starts) >= len(names) else len(lines)
        found = diagnostics_of(self.examined)
        return [
            one
            for one in found
            if one.silenced is None and (one.is_error or one.place.line >= first)
        ]

    @property
    def next(self) -> list[str]:
        """Commands to go on with."""
        spec = self.examined.reading.spec
        tools = {one.name: one for one in spec.tools} if spec is not None else {}
        tool = tools.get(self.drafts[0].name)
        if tool is None:
            return []
        if not tool.examples and any(one.required for one in tool.accepts.values()):
            return [f"handrail explain {tool.name}"]
        call = command_line(tool, tool.examples[0] if tool.examples else ExampleSpec())
        return [call.replace("handrail call", "handrail explain", 1), call]

    def facts(self, *, written: bool) -> dict[str, Any]:
        """All of it, for a program."""
        return {
            "file": str(self.file.absolute()),
            "written": written,
            "tools": [_facts(draft) for draft in self.drafts],
            "findings": [
                {
                    "code": one.code,
                    "severity": one.severity.value,
                    "line": one.place.line,
                    "column": one.place.column,
                    "message": one.message,
                    "hint": one.hint,
                }
                for one in self.findings
            ],
            "next": self.next,
        }

    def lines(self) -> Iterator[str]:
        """What a person is told when it is written."""
        notes = [note for draft in self.drafts for note in draft.notes]  # said before
        yield from (
            str(one) for one in self.findings if not any(one.message in note for note in notes)
        )
        yield f"{self.file}: added {', '.join(draft.name for draft in self.drafts)}"
        yield "next:"
        yield from (f"    {step}" for step in self.next)


def _facts(draft: Draft) -> dict[str, Any]:
    return {
        "tool": dict(draft.tool),
        "programs": dict(draft.programs),
        "words": [
            {"given": word.given, "meaning": word.meaning, "param": word.param}
            for word in draft.words
        ],
        "notes": list(draft.notes),
    }
