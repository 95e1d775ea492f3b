"""An audit is opened: begun where there is none, gone on with where there is one."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from handrail.errors import UsageError
from handrail.record.audit.head import BYTES, Head
from handrail.record.audit.place import Place
from handrail.record.audit.trail import Trail

_KEY_BYTES = 32
_FLAGS = os.O_CLOEXEC | os.O_NOFOLLOW


def open_trail(place: Place, rotate_bytes: int, keep: int | None = None) -> Trail:
    """The writer of the audit at `place`. Raises `UsageError` when there can be none."""
    try:
        place.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone_in(place.file.parent):
            if not place.head.exists() and not place.key.exists():
                _begin(place)
            return Trail(place, *_opened(place), rotate_bytes, keep)
    except OSError as failed:
        raise UsageError(
            f"the audit cannot be kept in {place.file}: {failed.strerror or failed}",
            hint="Give [audit] file a place that can be written to, or leave [audit] out.",
        ) from failed


def read_key(path: Path) -> bytes:
    """The key in a file. Raises `OSError`, and `ValueError` for what is none."""
    return bytes.fromhex(path.read_text("ascii").strip())


def _begin(place: Place) -> None:
    if place.full_files() or (place.file.exists() and place.file.stat().st_size):
        raise _parted(place, "its key and its head are missing")
    key = secrets.token_bytes(_KEY_BYTES)
    # The head last: where there is one, all is there.
    _create(place.key, f"{key.hex()}\n".encode())
    _create(place.head, Head().encode(key))


def _opened(place: Place) -> tuple[bytes, int]:
    """The key, and the head's descriptor, when they belong together."""
    for path in (place.key, place.head):
        if not path.exists():
            raise _parted(place, f"{path.name} is missing")
    descriptor = os.open(place.head, os.O_RDWR | _FLAGS)
    try:
        key = read_key(place.key)
        Head.decode(os.pread(descriptor, BYTES, 0), key)
    except (OSError, ValueError) as wrong:
        os.close(descriptor)
        raise _parted(place, "its key and its head do not belong together") from wrong
    return key, descriptor


def _parted(place: Place, why: str) -> UsageError:
    return UsageError(
        f"the audit in {place.file} cannot be gone on with: {why}",
        hint=f"Put it back, or move {place.file.stem}* away to begin a new audit.",
    )


def _create(path: Path, content: bytes) -> None:
    """A new file that is there with all its content, or not at all."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, mode=0o600)
    try:
        os.write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.rename(path)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """No other process begins an audit in `folder` meanwhile."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
