"""A client's file written again, with what was there kept beside it."""

from __future__ import annotations

from pathlib import Path

from handrail.errors import UsageError
from handrail.scaffold.clients.opening import open_config
from handrail.scaffold.write import write_file
from handrail.spec.source import Source

_SUFFIX = ".handrail-backup"
_MOST = 1000


def save(source: Source, text: str) -> Path | None:
    """Put `text` into the file of `source`; the backup of what was there, when something was.

    Raises `UsageError`, and leaves the file as it is, when it changed since it was read or
    cannot be written.
    """
    if open_config(source.file).text != source.text:
        raise UsageError(f"{source.file} changed meanwhile", hint="Try it again.")
    backup = _keep(source.file) if source.file.exists() else None
    try:
        write_file(source.file, text)
    except BaseException:
        if backup is not None:
            backup.unlink(missing_ok=True)
        raise
    return backup


def _keep(path: Path) -> Path:
    """A second name for the file, which the one that takes its place does not touch.

    It is as private as the file, and takes no other's name: that is left to the kernel.
    """
    for number in range(1, _MOST):
        backup = path.with_name(f"{path.name}{_SUFFIX}{'' if number == 1 else f'.{number}'}")
        try:
            backup.hardlink_to(path)
        except FileExistsError:
            continue
        except OSError as failed:
            raise UsageError(f"{backup} cannot be written: {failed.strerror}") from failed
        return backup
    raise UsageError(f"{path} has {_MOST - 1} backups", hint=f"Remove some {_SUFFIX} files.")
