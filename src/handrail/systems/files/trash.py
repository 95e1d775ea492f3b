"""What is deleted is moved to the trash, and can be moved back.

`<workspace>/.handrail/trash/<id>/` has the thing itself, called `content`, and `about.json`, which
says where it was. The newest entries are kept; older ones go for good.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from handrail.systems.files.names import OURS
from handrail.systems.files.parent import Spot
from handrail.systems.files.refused import DENIED, NOT_FOUND, Refused, of_error
from handrail.systems.files.tree import Tree

FOLDER = "trash"
MOST_ENTRIES = 1_000
"""Entries that are kept."""
_CONTENT, _ABOUT = "content", "about.json"
_LARGEST_ABOUT = 65_536
_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
About = Mapping[str, Any]
"""`path`, `kind`, `size`, and `deleted`, a time."""


@dataclass(frozen=True, slots=True)
class Trash:
    """The open folder of the trash."""

    tree: Tree
    folder: int

    def ids(self) -> list[str]:
        """The names of all entries, the newest first: they begin with their time."""
        return sorted(os.listdir(self.folder), reverse=True)

    def about(self, entry_id: str) -> About | None:
        """What an entry says of itself; None for what is none, or is not whole."""
        try:
            with self.entry(entry_id) as content:
                file = os.open(_ABOUT, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=content.folder)
                with open(file, "rb") as opened:
                    told = json.loads(opened.read(_LARGEST_ABOUT))
                return told if content.status() is not None else None
        except (OSError, Refused, ValueError):
            return None

    @contextmanager
    def entry(self, entry_id: str, field: str = "id") -> Iterator[Spot]:
        """The spot of the thing itself, which is in the argument `field`.

        Raises `Refused` when there is no such entry.
        """
        try:
            folder = os.open(entry_id, _OPEN, dir_fd=self.folder)
        except OSError:
            hint = "Without `id`, all that can be restored is listed."
            why = "`id`: the trash has no such entry"
            raise Refused(NOT_FOUND, why, field="id", hint=hint) from None
        try:
            yield Spot(self.tree, folder, _CONTENT, "", field)
        finally:
            os.close(folder)

    def new(self, about: About) -> str:
        """An entry for what is about to come; its id."""
        entry_id = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{os.urandom(2).hex()}"
        os.mkdir(entry_id, 0o700, dir_fd=self.folder)
        with self.entry(entry_id) as content:
            file = os.open(_ABOUT, _NEW, 0o600, dir_fd=content.folder)
            with open(file, "w", encoding="utf-8") as opened:
                json.dump(about, opened)
        return entry_id

    def drop(self, entry_id: str) -> None:
        """Remove an entry with all that is in it, for good."""
        with suppress(OSError):
            shutil.rmtree(entry_id, dir_fd=self.folder)

    def trim(self) -> None:
        """Drop what is older than the newest entries."""
        for entry_id in self.ids()[MOST_ENTRIES:]:
            self.drop(entry_id)


@contextmanager
def trash(tree: Tree) -> Iterator[Trash]:
    """The trash of a workspace, made when there is none. Raises `Refused` when there can be none.

    No link is followed: a repository may bring a `.handrail` of its own.
    """
    try:
        ours = _folder(OURS, tree.root, 0o755)
        try:
            folder = _folder(FOLDER, ours, 0o700)
        finally:
            os.close(ours)
    except OSError as error:
        why = f"there can be no trash in this workspace: {error.strerror}"
        hint = f"Its owner could make {OURS}/{FOLDER}, for the user that the server works as."
        raise Refused(DENIED, why, hint=hint) from None
    try:
        yield Trash(tree, folder)
    except OSError as error:
        raise of_error(error, "path") from None
    finally:
        os.close(folder)


def _folder(name: str, above: int, mode: int) -> int:
    with suppress(FileExistsError):
        os.mkdir(name, mode, dir_fd=above)
    return os.open(name, _OPEN, dir_fd=above)


def kind_of(found: os.stat_result) -> str:
    """What is deleted, in a word."""
    kinds = {stat.S_IFDIR: "folder", stat.S_IFLNK: "link", stat.S_IFREG: "file"}
    return kinds.get(stat.S_IFMT(found.st_mode), "other")
