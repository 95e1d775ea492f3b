"""`handrail eject`: a server file becomes a whole project."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from handrail.cli import streams
from handrail.cli.options import AsJson
from handrail.errors import UsageError
from handrail.scaffold.eject.choices import USUAL, Choices, Part
from handrail.scaffold.eject.eject import eject as write_project
from handrail.scaffold.eject.names import project_name
from handrail.spec.find import find
from handrail.spec.load import load


def eject(  # noqa: PLR0913  # one for each option
    folder: Path,
    *,
    file: Path | None = None,
    name: str | None = None,
    with_: Annotated[tuple[Part, ...], Parameter(name="--with", negative="")] = (),
    without: Annotated[tuple[Part, ...], Parameter(negative="")] = (),
    vendor: Annotated[bool, Parameter(negative="")] = False,
    json_: AsJson = False,
) -> int:
    """Write the server file as a whole project into FOLDER: code, tests, container, docs.

    Parameters
    ----------
    folder
        Where to put it; a folder that is not there yet, or is empty.
    file
        The server file; handrail.toml here or in the nearest parent when left out.
    name
        What the project is called; after the server when left out.
    with_
        What it shall have beside the usual; give it again for more.
    without
        What it shall not have; give it again for more.
    vendor
        Put this Handrail's own wheel in it, so that it installs without any other.
    json_
        Print what was written as JSON.
    """
    path = find(Path.cwd()) if file is None else file
    called = project_name(name or load(path, os.environ).server.name)
    if both := set(with_) & set(without):
        raise UsageError(f"--with and --without both name {', '.join(sorted(both))}")
    choices = Choices(called, (USUAL | set(with_)) - set(without), vendor)
    written = write_project(path, folder, choices)
    if json_:
        streams.say(
            json.dumps(
                {
                    "folder": str(written.folder.resolve()),
                    "name": choices.name,
                    "files": written.files,
                    "notes": written.notes,
                }
            )
        )
        return 0
    streams.say(f"{written.folder.resolve()}: {written.files} files")
    for note in written.notes:
        streams.note(f"note: {note}")
    streams.note(f"next:\n    cd {shlex.quote(str(folder))}\n    make demo\n    make test")
    return 0
