"""A server file examined before it is written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from handrail.diagnostic import Diagnostic
from handrail.errors import SpecError
from handrail.examining import Examination, examine_reading, of_age
from handrail.lint.lint import lint
from handrail.spec.document import parse
from handrail.spec.load import Reading, read_document
from handrail.spec.source import Format, Source


def tried(file: Path, text: str) -> Examination:
    """Everything that can be said about `text` as the file `file`, which is not there yet.

    Raises `SpecError` for a file that no machine could serve: answers that do not go together.
    """
    reading = read_document(file, parse(Source(file, Format.TOML, text)), os.environ)
    if wrong := _wrong(reading):
        raise SpecError(wrong)
    if file.parent.is_dir():
        return examine_reading(reading, of_age)
    # Its folder is yet to be made, and most that a machine lacks is that.
    return Examination(reading, reading.judge(lint))


def _wrong(reading: Reading) -> Sequence[Diagnostic]:
    errors = [one for one in reading.judge(lint) if one.is_error]
    unset = "E304"  # a variable that may well be set where the server runs
    return [one for one in errors if one.code != unset]
