"""What `handrail new` makes, shows and writes."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handrail.cli import streams
from handrail.cli.answer_text import columns
from handrail.cli.asking import asker
from handrail.cli.check import diagnostics_of
from handrail.cli.example import command_line
from handrail.diagnostic import Diagnostic
from handrail.errors import SpecError
from handrail.scaffold.answers import Answers
from handrail.scaffold.compose import composed
from handrail.scaffold.interview import Back, hold
from handrail.scaffold.next_steps import first_tool, next_steps, same_again
from handrail.scaffold.placing import place
from handrail.scaffold.settled import Settled
from handrail.scaffold.summary import rows
from handrail.scaffold.surroundings import Surroundings
from handrail.scaffold.trial import tried
from handrail.spec.find import NAME
from handrail.spec.load import Reading

_KEYS = "Enter takes what is shown, Ctrl-B (or <) goes back, Ctrl-C leaves nothing."


@dataclass(frozen=True, slots=True)
class Made:
    """A server file that may be written."""

    file: Path
    text: str
    notes: Sequence[str]
    findings: Sequence[Diagnostic]
    summary: Sequence[tuple[str, str]]
    next: Sequence[str]
    again: str

    @property
    def code(self) -> int:
        """The exit code when it is written."""
        return 1 if any(one.is_error for one in self.findings) else 0


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done: where, from which answers."""

    folder: Path
    given: Answers
    around: Surroundings
    options: Sequence[str]
    """The options that said what was given."""

    def made(self, answers: Answers) -> Made:
        """The file that the answers ask for. Raises `SpecError` when they do not go together."""
        composition = composed(answers, self.around)
        settled = Settled(answers, self.around)
        file = self.folder / NAME
        examined = tried(file, composition.text)
        return Made(
            file,
            composition.text,
            composition.notes,
            diagnostics_of(examined),
            rows(settled),
            next_steps(settled, file, _call(examined.reading)),
            same_again(self.folder, self.options, self.given, answers),
        )


def _call(reading: Reading) -> str | None:
    """A command that calls one of the tools."""
    tools = {tool.name: tool for tool in reading.spec.tools} if reading.spec else {}
    tool = tools.get(first_tool(list(tools)) or "")
    if tool is None or not tool.examples:
        return None
    return command_line(tool, tool.examples[0])


def held(task: Task, *, asks: bool) -> Made | None:
    """What comes of the interview; None when the person would rather not.

    With `asks`, that is asked, too.
    """
    person = asker()

    def confirm(answers: Answers) -> Made | None:
        try:
            made = task.made(answers)
        except SpecError as wrong:
            streams.complain_all(wrong.diagnostics)
            raise Back from None
        show(made)
        agreed = not asks or person.confirm(f"Write {NAME}?")
        return made if agreed else None

    streams.note("\n".join(textwrap.wrap(_KEYS, columns())))
    try:
        return hold(task.given, task.around, person, confirm)
    except KeyboardInterrupt:
        streams.note("\nNothing was written.")
        raise


def show(made: Made) -> None:
    """All that was decided, and what `check` says of it."""
    width = max(len(what) for what, _ in made.summary)
    room = columns() - width - 4
    streams.note("")
    for what, words in made.summary:
        cut = words if len(words) <= room else f"{words[: room - 1]}…"
        streams.note(f"  {what:<{width}}  {cut}")
    streams.note("")
    _tell_findings(made)


def _tell_findings(made: Made) -> None:
    streams.complain_all(one for one in made.findings if one.silenced is None)
    for sentence in made.notes:
        streams.note(f"note: {sentence}")
    if not made.findings:
        streams.note("handrail check: no problems found")


def tell(
    made: Made | None, *, shown: bool = False, dry_run: bool = False, as_json: bool = False
) -> int:
    """Write the file, unless this is a rehearsal, and say so; the exit code."""
    if made is None:
        streams.note("Nothing was written.")
        return 1
    if not dry_run:
        place(made.file.parent, made.text)
    if as_json:
        streams.say(json.dumps(_facts(made, written=not dry_run), indent=2, ensure_ascii=False))
    elif dry_run:
        streams.say(made.text)
    else:
        if not shown:
            _tell_findings(made)
        streams.note("\n".join(_next(made)))
    return made.code


def _next(made: Made) -> Iterator[str]:
    yield f"\n{made.file} is written. Next:"
    yield from (f"    {step}" for step in made.next)
    yield "The same again:"
    yield f"    {made.again}"


def _facts(made: Made, *, written: bool) -> dict[str, Any]:
    return {
        "file": str(made.file.absolute()),
        "written": written,
        "text": made.text,
        "notes": list(made.notes),
        "findings": [
            {
                "code": one.code,
                "severity": one.severity.value,
                "line": one.place.line,
                "column": one.place.column,
                "message": one.message,
                "hint": one.hint,
            }
            for one in made.findings
            if one.silenced is None
        ],
        "next": list(made.next),
        "again": made.again,
    }
