"""Files of others, read within bounds; what is wrong with them is located."""

from __future__ import annotations

import re
from pathlib import Path

from handrail.diagnostic import Diagnostic, Place, Severity
from handrail.errors import SpecError, UsageError
from handrail.scaffold.imports import yaml_text
from handrail.spec import json_source
from handrail.spec.document import Document
from handrail.spec.kind import kind_of
from handrail.spec.source import Source

_JSON = re.compile(r'\s*(\{\s*["}]|\[)')
"""How JSON begins, and YAML hardly ever does."""
LARGEST_FILE = 1024**2
"""Bytes of a file to import."""


def chosen(where: str, *usual: str) -> Path:
    """The file that `where` names, or that is in the folder; by default the first of `usual`.

    Raises `UsageError` for an address, and when nothing is there by default.
    """
    if "://" in where:
        hint = "Save it to a file first, and look at it."
        raise UsageError(f"only files are read, not {where[:200]!r}", hint=hint)
    path = Path(where)
    if not path.is_dir():
        return path
    found = next((path / name for name in usual if (path / name).is_file()), None)
    if found is None:
        raise UsageError(f"there is no {' or '.join(usual)} in {path.absolute()}")
    return found


def text_of(file: Path) -> str:
    """The text of a file. Raises `SpecError` for one that is missing, too large, or no text."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(LARGEST_FILE + 1)
    except OSError as wrong:
        reason = (wrong.strerror or "input error").lower()
        raise SpecError([_problem(file, "E104", f"cannot be read: {reason}")]) from None
    if len(raw) > LARGEST_FILE:
        raise SpecError([_problem(file, "E104", f"larger than {LARGEST_FILE} bytes")])
    try:
        return raw.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as wrong:
        before = raw[: wrong.start].decode()
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise SpecError([_problem(file, "E105", "not UTF-8", place)]) from None


def document(file: Path) -> Document:
    """A file in JSON or YAML, whose top is a table. Raises `SpecError` with all that is wrong."""
    source = Source(file, None, text_of(file))
    is_json = file.suffix == ".json" or _JSON.match(source.text) is not None
    language = json_source if is_json else yaml_text
    try:
        data = language.parse(source)
    except RecursionError:
        raise SpecError([_problem(file, "E106", "nested too deeply")]) from None
    if not isinstance(data, dict):
        raise SpecError([_problem(file, "E102", f"its top is {kind_of(data)}, not a table")])
    return Document(source, data, language.spots)


def _problem(file: Path, code: str, message: str, place: Place | None = None) -> Diagnostic:
    return Diagnostic(file, place or Place(), Severity.ERROR, code, message)
