"""`handrail check --fix`: corrections that need no judgement, made in the file itself."""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from handrail.cli import streams
from handrail.diagnostic import Diagnostic
from handrail.errors import UsageError
from handrail.spec.mend import mended


def fix(file: Path, diagnostics: Sequence[Diagnostic], *, write: bool) -> bool:
    """Show what can be corrected, and correct it when `write` says so; whether anything was.

    Raises `UsageError` for files that are not TOML, or cannot be written.
    """
    if file.suffix != ".toml":
        raise UsageError(f"{file.name}: only TOML files are corrected", hint="Leave out --fix.")
    fixes = [one.fix for one in diagnostics if one.fix is not None and one.silenced is None]
    if not fixes:
        return False
    before = file.read_bytes().decode()
    after = mended(before, fixes)
    if after == before:
        return False
    tomllib.loads(after)  # as it was TOML before
    _show(file, before, after)
    if write:
        try:
            _replace(file, after)
        except OSError as wrong:
            raise UsageError(f"{file} cannot be written: {wrong.strerror}") from None
    return write


def _show(file: Path, before: str, after: str) -> None:
    old, new = before.splitlines(), after.splitlines()
    for line in difflib.unified_diff(old, new, str(file), str(file), lineterm=""):
        streams.note(line)


def _replace(file: Path, text: str) -> None:
    """Exchange the file at once, with the mode and owner that it had; links stay links."""
    real = file.resolve()
    handle, made = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(text.encode())
            was = real.stat()
            if os.geteuid() == 0:
                os.fchown(opened.fileno(), was.st_uid, was.st_gid)
            shutil.copymode(real, made)
            opened.flush()
            os.fsync(opened.fileno())
        Path(made).replace(real)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise
