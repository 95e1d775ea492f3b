"""Files are written whole or not at all, and nothing that was there is lost."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from handrail.errors import UsageError

_FILE_MODE = 0o644
_FOLDER_MODE = 0o755

Content = Mapping[PurePosixPath, bytes]
"""Files by their path below a folder. A file whose text begins with `#!` may be run."""


def write_file(path: Path, text: str) -> None:
    """Put `text` at `path`, in one step; a file that was there keeps its mode.

    Raises `UsageError` when it cannot be written; then the file is as it was.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else _FILE_MODE
        # Through a link, so that the link stays one.
        target = path.resolve()
        with _drafted(target, text, mode) as draft:
            draft.replace(target)
    except OSError as failed:
        raise _refusal(path, failed) from failed


def write_new_file(path: Path, text: str) -> bool:
    """Put `text` at `path`, in one step; False when something is there, even since just now.

    Raises `UsageError` when it cannot be written.
    """
    try:
        with _drafted(path, text, _FILE_MODE) as draft:
            return _named(draft, path)
    except OSError as failed:
        raise _refusal(path, failed) from failed


def _named(draft: Path, path: Path) -> bool:
    """Give the draft a name where there is none: unlike a rename, a link replaces nothing."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    return True


@contextmanager
def _drafted(target: Path, text: str, mode: int) -> Iterator[Path]:
    """The text in a file beside `target`, which is gone in the end."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        _fill(descriptor, text.encode(), mode)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def write_folder(folder: Path, content: Content) -> None:
    """Make `folder` with these files in it, in one step.

    Raises `UsageError` when something is there already, or it cannot be written; then nothing is
    left of it.
    """
    if folder.is_symlink() or (folder.exists() and not _is_empty(folder)):
        raise UsageError(
            f"{folder} exists and is not an empty folder",
            hint="Name a folder that is not there yet.",
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        try:
            beside.chmod(_FOLDER_MODE)
            fill_folder(beside, content)
            beside.replace(folder)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
    except OSError as failed:
        raise _refusal(folder, failed) from failed


def fill_folder(folder: Path, content: Content) -> None:
    """Write files into a folder that nobody else looks at yet."""
    for relative, data in sorted(content.items()):
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = _FOLDER_MODE if data.startswith(b"#!") else _FILE_MODE
        _fill(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL), data, mode)


def _fill(descriptor: int, data: bytes, mode: int) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _refusal(path: Path, failed: OSError) -> UsageError:
    return UsageError(f"{path} cannot be written: {failed.strerror or failed}")
