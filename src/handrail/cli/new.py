"""`handrail new`: from a few answers to a server file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from handrail.cli import streams
from handrail.errors import UsageError
from handrail.scaffold.answers import Answers, read_answers
from handrail.scaffold.compose import composed
from handrail.scaffold.placing import place
from handrail.scaffold.surroundings import look
from handrail.spec.find import NAME


def new(
    folder: Path = Path(),
    *,
    answers: Path | None = None,
    yes: Annotated[bool, Parameter(negative="")] = False,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Write a server file into FOLDER, from answers to at most twelve questions.

    Parameters
    ----------
    folder
        Where to write it; this folder when left out.
    answers
        A file with answers, in TOML, YAML or JSON.
    yes
        Take the default of whatever was not said.
    dry_run
        Print the file, and write nothing.
    """
    said = Answers() if answers is None else read_answers(answers)
    if not yes:
        raise UsageError("there is no terminal", hint="Say --yes.")
    made = composed(said, look(folder))
    if dry_run:
        streams.say(made.text)
        return 0
    place(folder, made.text)
    streams.note(f"{folder / NAME} is written")
    return 0
