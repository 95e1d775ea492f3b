"""What a project was made of, kept with it: for an update needs no older Handrail, and no network.

`.handrail/manifest.json` says by which Handrail, with which choices, and whose each file is;
`.handrail/base.tar.gz` holds every file as it was rendered, before anybody changed it.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from handrail.errors import UsageError
from handrail.scaffold.eject.choices import Choices, Part
from handrail.scaffold.eject.owner import File, Owner, Rendered

MANIFEST = PurePosixPath(".handrail/manifest.json")
BASE = PurePosixPath(".handrail/base.tar.gz")
_EJECT = "Was it made by `handrail eject`? Then take the file from its history."


@dataclass(frozen=True, slots=True)
class Manifest:
    """What made a project, and what it made."""

    choices: Choices
    made_by: str
    base: Rendered


def kept(rendered: Rendered, choices: Choices) -> Mapping[PurePosixPath, bytes]:
    """The two files that tell of a project."""
    manifest = {
        "handrail": version("handrail"),
        "name": choices.name,
        "parts": sorted(choices.parts),
        "vendor": choices.vendor,
        "files": {str(path): one.owner for path, one in sorted(rendered.items())},
    }
    return {
        MANIFEST: f"{json.dumps(manifest, indent=2)}\n".encode(),
        BASE: _packed({path: one.data for path, one in rendered.items()}),
    }


def read_manifest(root: Path) -> Manifest:
    """What the project in `root` was made of. Raises `UsageError` when that cannot be told."""
    data, base = _read(root / MANIFEST), _unpacked(root / BASE)
    try:
        owners = {PurePosixPath(path): Owner(owner) for path, owner in data["files"].items()}
        choices = Choices(
            str(data["name"]), frozenset(map(Part, data["parts"])), bool(data["vendor"])
        )
        rendered = {path: File(owners[path], content) for path, content in base.items()}
        return Manifest(choices, str(data["handrail"]), rendered)
    except (AttributeError, KeyError, TypeError, ValueError) as wrong:
        raise UsageError(f"{root / MANIFEST} is damaged: {wrong!r}", hint=_EJECT) from wrong


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise UsageError(f"there is no project in {path.parents[1]}", hint=_EJECT) from None
    except (OSError, ValueError) as wrong:
        raise UsageError(f"{path} cannot be read: {wrong}", hint=_EJECT) from wrong


def _packed(content: Mapping[PurePosixPath, bytes]) -> bytes:
    buffer = io.BytesIO()
    # Without times: the same project is packed the same way.
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", filename="", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path, data in sorted(content.items()):
            entry = tarfile.TarInfo(str(path))
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def _unpacked(path: Path) -> dict[PurePosixPath, bytes]:
    try:
        with tarfile.open(path, "r:gz") as archive:
            found = ((one, archive.extractfile(one)) for one in archive if one.isfile())
            return {PurePosixPath(one.name): data.read() for one, data in found if data}
    except (OSError, EOFError, tarfile.TarError) as wrong:
        raise UsageError(f"{path} cannot be read: {wrong}", hint=_EJECT) from wrong
