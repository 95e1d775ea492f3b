"""The file with the API keys, which servers read while `handrail key` changes it."""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from handrail.errors import UsageError
from handrail.mcp.auth.key import Key
from handrail.spec.model import Table

_PRIVATE = 0o600
Signature = tuple[int, ...]


class _Document(Table):
    version: Literal[1] = 1
    keys: tuple[Key, ...] = ()


def signature(path: Path) -> Signature | None:
    """What tells a file from what it was before; None when it cannot be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def read_keys(path: Path) -> tuple[Key, ...]:
    """The keys; none when there is no file. Raises `UsageError` for one that is broken."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    try:
        return _Document.model_validate_json(text).keys
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        at = ".".join(map(str, first["loc"])) or "the file"
        raise UsageError(
            f"{path} is no key file: {at}: {first['msg']}",
            hint="Restore it, or remove it and make new keys.",
        ) from None


@contextmanager
def changing(path: Path) -> Iterator[list[Key]]:
    """The keys, to be changed in place; afterwards the file has them. Others wait meanwhile.

    Raises `UsageError` when the file is broken, or cannot be written.
    """
    real = path.resolve()
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        with _locked(real.parent) as folder:
            keys = list(read_keys(real))
            yield keys
            _replace(real, _Document(keys=tuple(keys)).model_dump_json(indent=2))
            os.fsync(folder)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None


@contextmanager
def _locked(folder: Path) -> Iterator[int]:
    # The folder, for the file itself is another one after each change.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _replace(path: Path, text: str) -> None:
    """Write a new file and put it in the old one's place: readers see one or the other."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{text}\n")
            _own_like(path, descriptor)
            file.flush()
            os.fsync(descriptor)
        Path(draft).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(draft).unlink()
        raise


def _own_like(path: Path, descriptor: int) -> None:
    """Leave the file to whom it belonged, for that may be the server; private when it is new."""
    try:
        before = path.stat()
    except FileNotFoundError:
        os.fchmod(descriptor, _PRIVATE)
        return
    with suppress(PermissionError):
        os.fchown(descriptor, before.st_uid, before.st_gid)
        os.fchmod(descriptor, stat.S_IMODE(before.st_mode))
