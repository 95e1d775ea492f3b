"""The two renders of a project that an update compares: the last, and the next."""

from __future__ import annotations

import gzip
import zlib
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from handrail.errors import UsageError
from handrail.scaffold.eject.choices import Choices
from handrail.scaffold.eject.eject import rendered_at
from handrail.scaffold.eject.manifest import BASE, Manifest, kept, read_manifest
from handrail.scaffold.eject.owner import Owner, Rendered
from handrail.scaffold.eject.wheel import wheel
from handrail.scaffold.update.changes import Change, Kind
from handrail.scaffold.update.place import is_inside
from handrail.scaffold.update.there import InTheWay, there
from handrail.spec.find import NAME
from handrail.spec.source import open_source

_HISTORY = "Take .handrail/manifest.json and .handrail/base.tar.gz from the project's history."


def last_render(root: Path) -> Manifest:
    """What the project was made of. Raises `UsageError` when that cannot be told."""
    _check_whole(root / BASE)
    last = read_manifest(root)
    for path in last.base:
        if not is_inside(path):
            raise UsageError(
                f"{root / BASE} is damaged: {path} is no file of the project", hint=_HISTORY
            )
    return last


def _check_whole(base: Path) -> None:
    """To the end: whoever unpacks an archive sees no fault in what comes after its last file."""
    try:
        gzip.decompress(base.read_bytes())
    except (OSError, EOFError, zlib.error) as wrong:
        raise UsageError(f"{base} is damaged: {wrong}", hint=_HISTORY) from wrong


def next_render(root: Path, last: Manifest) -> Rendered:
    """What the server file comes to now; what was written once is remembered for ever.

    Raises `SpecError` for what is wrong with the file.
    """
    seeded = {path: one for path, one in last.base.items() if one.owner is Owner.SEEDED}
    return {**seeded, **rendered_at(root, open_source(root / NAME).text, last.choices)}


def is_recorded(last: Manifest, new: Rendered) -> bool:
    """Whether the project knows of this render, and of this Handrail, already."""
    return last.base == new and last.made_by == version("handrail")


def record(root: Path, new: Rendered, choices: Choices) -> list[Change]:
    """What makes the next update know of this one."""
    return [
        Change(Kind.REWRITTEN, path, before, data)
        for path, data in sorted(kept(new, choices).items())
        if (before := _file(root, path)) != data
    ]


def runtime(root: Path, last: Manifest) -> list[Change]:
    """This Handrail's wheel in place of the last, in a project that has one."""
    if not last.choices.vendor:
        return []
    name, data = wheel()
    path = PurePosixPath("vendor", name)
    earlier = PurePosixPath("vendor", name.replace(version("handrail"), last.made_by, 1))
    wheels = {earlier: None, path: data} if is_inside(earlier) else {path: data}
    return [
        Change(_kind(before, after), path, before, after)
        for path, after in wheels.items()
        if (before := _file(root, path)) != after
    ]


def _kind(before: bytes | None, after: bytes | None) -> Kind:
    if before is None:
        return Kind.ADDED
    return Kind.REMOVED if after is None else Kind.REWRITTEN


def _file(root: Path, path: PurePosixPath) -> bytes | None:
    stands = there(root, path)
    if isinstance(stands, InTheWay):
        raise UsageError(f"{root / path} cannot be replaced: {stands}")
    return stands
