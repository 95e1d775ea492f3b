"""`handrail new`: from a few answers to a server file."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from handrail.cli.new_task import Task, held, tell
from handrail.cli.options import AsJson
from handrail.errors import UsageError
from handrail.scaffold.answers import from_documents
from handrail.scaffold.interview import missing
from handrail.scaffold.next_steps import line
from handrail.scaffold.placing import check_place
from handrail.scaffold.presets import PRESETS, preset
from handrail.scaffold.set_words import set_document
from handrail.scaffold.surroundings import look
from handrail.scaffold.typed_source import opened
from handrail.spec.document import Document, parse

_PRESETS = "; ".join(f"{name}: {one.words}" for name, one in PRESETS.items())
Flag = Annotated[bool, Parameter(negative="")]


@dataclass(frozen=True, slots=True)
class Said:
    """What the command line answers beforehand."""

    answers: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None
    """A file with answers: TOML, YAML or JSON in the shape of a server file, any part of it;
    - for standard input. `handrail questions` lists the keys."""
    set: Annotated[tuple[str, ...], Parameter(negative="")] = ()
    """One answer, KEY=VALUE; give it again for more. It counts more than the file."""
    preset: Annotated[str | None, Parameter(help=f"Answers to begin with. {_PRESETS}.")] = None

    def layers(self) -> Iterator[Document]:
        """The answers, by preset, file and words; what comes later holds."""
        if self.preset is not None:
            yield preset(self.preset)
        if self.answers is not None:
            yield parse(opened(self.answers, sys.stdin.buffer))
        if self.set:
            yield set_document(self.set)

    def options(self) -> list[str]:
        """The same as it was typed."""
        words = (("--set", word) for word in self.set)
        named = (("--preset", self.preset), ("--answers", self.answers), *words)
        return [word for option, value in named if value is not None for word in (option, value)]


def new(
    folder: Path = Path(),
    *,
    said: Annotated[Said, Parameter(name="*")] = Said(),
    yes: Flag = False,
    dry_run: Flag = False,
    json_: AsJson = False,
) -> int:
    """Write a server file into FOLDER, from the answers to at most twelve questions.

    Exit code 0 when it can be served here, 1 when `handrail check` finds what hinders that, or
    nothing was written.

    Parameters
    ----------
    folder
        Where to write it; this folder when left out.
    yes
        Ask nothing: take the default of whatever was not said.
    dry_run
        Print the file, and write nothing.
    json_
        Print what was done as JSON.
    """
    if not dry_run:
        check_place(folder)
    given = from_documents([*said.layers()])
    task = Task(folder, given, look(folder), said.options())
    if yes or not (open_ := missing(given, task.around)):
        return tell(task.made(given), dry_run=dry_run, as_json=json_)
    if _is_at_terminal() and said.answers != "-" and not json_:
        made = held(task, asks=not dry_run)
        return tell(made, shown=True, dry_run=dry_run)
    raise _unanswered(open_)


def _is_at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _unanswered(open_: Mapping[str, Any]) -> UsageError:
    lines = "\n".join(f"    {line(key, value)}" for key, value in open_.items())
    why = "a program listens" if _is_at_terminal() else "there is no terminal to ask at"
    return UsageError(
        f"{why}, and {len(open_)} answers are missing:\n{lines}",
        hint="Add these lines to a file for --answers, or say them by --set; or take them all as "
        "they are with --yes.",
    )
