"""A client's own file, as it is before we add to it."""

from __future__ import annotations

import stat
from pathlib import Path

from handrail.diagnostic import Diagnostic, Place, Severity
from handrail.errors import SpecError
from handrail.spec.source import Source

LARGEST_FILE = 16 * 1024**2
"""Bytes in a client's file. Some keep what they did in it, too."""

_WRITABLE = 0o222


def open_config(path: Path) -> Source:
    """The text of a client's file; no text when there is no file.

    Raises `SpecError` for what could not be written again as it was.
    """
    try:
        text = _text(path)
    except FileNotFoundError:
        text = ""
    except OSError as wrong:
        raise _refusal(path, f"cannot be read: {(wrong.strerror or 'error').lower()}") from None
    return Source(path, None, text)


def _text(path: Path) -> str:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise _refusal(path, "is a link", f"Name the file itself: --config {path.resolve()}")
    if not stat.S_ISREG(status.st_mode):
        raise _refusal(path, "is not a file")
    if not status.st_mode & _WRITABLE:
        raise _refusal(path, "is read-only", "Make it writable, or add the entry yourself.")
    if status.st_size > LARGEST_FILE:
        raise _refusal(path, f"is larger than {LARGEST_FILE} bytes", "Add the entry yourself.")
    raw = path.read_bytes()
    if raw.startswith(b"\xef\xbb\xbf"):
        raise _refusal(path, "begins with a byte order mark", "Save it without one.", "E105")
    try:
        return raw.decode()
    except UnicodeDecodeError as wrong:
        before = Source(path, None, raw[: wrong.start].decode())
        message = f"not UTF-8: byte 0x{raw[wrong.start]:02x}"
        raise SpecError([before.problem(len(before.text), "E105", message)]) from None


def _refusal(path: Path, message: str, hint: str | None = None, code: str = "E104") -> SpecError:
    return SpecError([Diagnostic(path, Place(), Severity.ERROR, code, message, hint)])
