"""A server file becomes a project in a folder of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from handrail.errors import SpecError, UsageError
from handrail.scaffold.eject.choices import Choices
from handrail.scaffold.eject.manifest import kept
from handrail.scaffold.eject.owner import File, Owner, Rendered
from handrail.scaffold.eject.render import render
from handrail.scaffold.eject.rooted import rooted
from handrail.scaffold.eject.wheel import wheel
from handrail.scaffold.write import write_folder
from handrail.spec.document import parse
from handrail.spec.load import Reading, read, read_document
from handrail.spec.server import ServerSpec
from handrail.spec.source import Format, Source, open_source
from handrail.spec.tool import Effect


@dataclass(frozen=True, slots=True)
class Ejected:
    """A project as it was written, and what its author should know."""

    folder: Path
    files: int
    notes: tuple[str, ...]


def eject(file: Path, folder: Path, choices: Choices) -> Ejected:
    """Write the project of the server file `file` into `folder`, whole or not at all.

    Raises `SpecError` for what is wrong with the file, and `UsageError` when there is something
    in the folder already, or it cannot be written.
    """
    folder = folder.absolute()
    reading = read(file, os.environ)
    if reading.spec is None:
        raise SpecError(reading.diagnostics)
    moved = rooted(open_source(file), folder)
    rendered = {
        **rendered_at(folder, moved.text, choices),
        **{path: File(Owner.SEEDED, _bytes(one)) for path, one in moved.profiles.items()},
    }
    content = {**files_of(rendered, choices), **kept(rendered, choices)}
    write_folder(folder, content)
    return Ejected(folder, len(content), tuple(_notes(reading.spec, file, folder)))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as failed:
        raise UsageError(f"{path} cannot be read: {failed.strerror}") from failed


def rendered_at(folder: Path, text: str, choices: Choices) -> Rendered:
    """The project that `text`, as the server file in `folder`, comes to."""
    path = folder / "handrail.toml"
    reading = read_text(path, text)
    if reading.spec is None:
        raise SpecError(reading.diagnostics)
    return render(reading, reading.spec, text, choices)


def read_text(path: Path, text: str) -> Reading:
    """What `text` says, as a server file at `path`, which need not be there yet."""
    try:
        document = parse(Source(path, Format.TOML, text))
    except SpecError as unreadable:
        return Reading(path, faults=unreadable.diagnostics)
    return read_document(path, document, os.environ)


def files_of(rendered: Rendered, choices: Choices) -> Mapping[PurePosixPath, bytes]:
    """What is written: every rendered file, and the runtime where it comes along."""
    content = {path: one.data for path, one in rendered.items()}
    if choices.vendor:
        name, data = wheel()
        content[PurePosixPath("vendor", name)] = data
    return content


def _notes(spec: ServerSpec, file: Path, folder: Path) -> Iterator[str]:
    """What follows from where the project is, and who may come in."""
    workspace = Path(os.path.realpath(file.absolute().parent / spec.workspace.root))
    writers = [tool.name for tool in spec.tools if tool.effect is not Effect.READ]
    if writers and folder.is_relative_to(workspace):
        yield (
            f"The project lies in the workspace, where {', '.join(writers)} may change it: "
            "set WORKSPACE to another tree before agents use it."
        )
    if not spec.auth.is_set:
        yield (
            "Without [auth] it serves stdio, and HTTP on this machine only; so does its image. "
            "There is no compose.yaml."
        )
