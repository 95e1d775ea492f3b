"""Copy a file or a folder to where there is nothing: all of it, or nothing.

It is made under a name of ours beside its place, and gets its own name at the end.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from handrail.systems.files.draft import clear
from handrail.systems.files.holding import refuse_holding
from handrail.systems.files.move import both, renamed
from handrail.systems.files.names import DRAFT, shown
from handrail.systems.files.parent import Spot
from handrail.systems.files.refused import (
    ARGUMENT_INVALID,
    BUSY,
    STORAGE_FULL,
    Refused,
    of_error,
)
from handrail.systems.files.setting import Setting
from handrail.systems.files.tree import reopened

_MOST_FILES, _MOST_BYTES = 10_000, 1024**3
_STEP_BYTES = 8 * 1024**2
_LOOK = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MODES = 0o777


def copy(setting: Setting, given: Mapping[str, Any]) -> dict[str, object]:
    """Copy `path` to `to`. Raises `Refused`, and then nothing is left of it."""
    with both(setting, given, follow=True) as (source, target):
        refuse_holding(setting, source)
        clear(target.folder)
        made = Spot(target.tree, target.folder, DRAFT, "", "to")
        copying = Copying(setting, source.place)
        try:
            copying.copy(source.folder, source.name, made.folder, made.name)
            renamed(made, target)
        except OSError as error:
            raise of_error(error, "to") from None
        finally:
            clear(target.folder)
        return {
            "path": shown(source.place),
            "to": shown(target.place),
            "files": copying.files,
            "size": copying.size,
        }


@dataclass(slots=True)
class Copying:
    """A copy in the making: how many files and bytes it has so far. `top` is what is copied."""

    setting: Setting
    top: str
    files: int = 0
    size: int = 0

    def copy(self, folder: int, name: str, into: int, new_name: str, below: str = "") -> None:
        """Copy what `name` in `folder` is. `below` is its place under the top."""
        looked = os.open(name, _LOOK, dir_fd=folder)
        place = f"{self.top}/{below}" if below else self.top
        try:
            self.setting.tree.spare_hidden(looked, place, "path")
            found = os.fstat(looked)
            if stat.S_ISDIR(found.st_mode):
                self._folder(looked, into, new_name, below)
            elif stat.S_ISLNK(found.st_mode):
                self._link(looked, into, new_name, below)
            else:
                self._file(looked, into, new_name)
        finally:
            os.close(looked)

    def _folder(self, looked: int, into: int, name: str, below: str) -> None:
        os.mkdir(name, 0o700, dir_fd=into)
        source, target = reopened(looked), os.open(name, _OPEN_FOLDER, dir_fd=into)
        try:
            for inner in sorted(name for name in os.listdir(source) if name != DRAFT):
                self.copy(source, inner, target, inner, f"{below}/{inner}" if below else inner)
            os.fchmod(target, stat.S_IMODE(os.fstat(source).st_mode) & _MODES)
        finally:
            os.close(source)
            os.close(target)

    def _link(self, looked: int, into: int, name: str, below: str) -> None:
        """Copy a link as a link, when it stays within what is copied, and so means the same."""
        target = os.readlink("", dir_fd=looked)
        depth = 0
        for part in PurePosixPath(below).parent.joinpath(target).parts:
            depth += -1 if part == ".." else 1
            if depth < 0 or target.startswith("/"):
                why = "`path` holds a link that leads out of it"
                hint = "Copy what is beside that link, one after another."
                raise Refused(ARGUMENT_INVALID, why, field="path", hint=hint)
        os.symlink(target, name, dir_fd=into)

    def _file(self, looked: int, into: int, name: str) -> None:
        self._count(os.fstat(looked).st_size)
        source = reopened(looked)
        try:
            target = os.open(name, _NEW, 0o600, dir_fd=into)
            try:
                while copied := os.sendfile(
                    target, source, None, _STEP_BYTES
                ):  # None: from where it is
                    self.size += copied
                    self._count(0)
                os.fchmod(target, stat.S_IMODE(os.fstat(source).st_mode) & _MODES)
                os.fsync(target)
            finally:
                os.close(target)
        finally:
            os.close(source)
        self.files += 1

    def _count(self, coming: int) -> None:
        if self.files >= _MOST_FILES or self.size + coming > _MOST_BYTES:
            why = f"`path` is more than {_MOST_FILES:,} files or {_MOST_BYTES:,} bytes"
            raise Refused(STORAGE_FULL, why, field="path", hint="Copy parts of it.")
        if self.setting.is_late:
            why = "there is no time to copy all of `path`"
            raise Refused(BUSY, why, field="path", hint="Copy parts of it.")
