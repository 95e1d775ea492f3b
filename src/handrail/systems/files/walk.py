"""All that lies below a folder, in an order that stays: by the bytes of names, folders first
entered and then left.

Each folder is opened by its name in the folder above, and never through a link, so that nobody
can lead the walk elsewhere. Links and special files are told of, and not followed or opened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from handrail.systems.files.ignore import MOST_RULE_BYTES, RULE_FILE, Rules, is_ignored
from handrail.systems.files.names import is_ours
from handrail.systems.files.refused import Refused
from handrail.systems.files.setting import Setting
from handrail.systems.files.tree import Tree, reopened

FILE, FOLDER, LINK = "file", "folder", "link"
MOST_LEVELS = 200
"""Levels below where a walk begins; each costs an open folder."""
_REPOSITORY = ".git"
_EXCLUDED = "./.git/info/exclude"
ENTER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LOOK = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_SPECIAL = {
    stat.S_IFREG: FILE,
    stat.S_IFDIR: FOLDER,
    stat.S_IFLNK: LINK,
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}


@dataclass(slots=True)
class Entry:
    """One name in a folder. `folder` is that folder's descriptor, while the walk is there.

    `entries` counts what is in a folder, and `note` says why it cannot be entered.
    """

    folder: int
    path: str
    name: str
    kind: str
    ignored: bool
    entries: int | None = None
    note: str | None = None

    def status(self) -> os.stat_result | None:
        """What is known of it, be it a link; None when it is gone."""
        try:
            return os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)
        except OSError:
            return None


@dataclass(slots=True)
class _Level:
    """A folder that the walk is in: what is left of it, and the rules from here on upwards."""

    folder: int
    base: str
    rest: Iterator[tuple[str, str]]
    count: int
    rules: tuple[Rules, ...]


class Walk:
    """A walk from the folder at `path`, `depth` levels down; over what is `ignored` too, if so.

    `base` is where that folder is, with a `/` behind it, and `is_late` that the walk ended for
    lack of time: both to be asked once it has begun.
    """

    def __init__(
        self, setting: Setting, path: str, *, depth: int = MOST_LEVELS, ignored: bool = False
    ) -> None:
        self._setting = setting
        self._path = path
        self._depth = min(depth, MOST_LEVELS)
        self._with_ignored = ignored
        self.base = ""
        self.is_late = False

    def __iter__(self) -> Generator[Entry]:
        """All entries; to be closed when it is left early. Raises `Refused` for its path."""
        tree = self._setting.tree
        top, place = tree.folder(self._path)
        levels: list[_Level] = []
        try:
            self.base = "" if place == "." else f"{place}/"
            levels.append(self._level(os.dup(top), self.base, _rules_above(tree, self.base)))
            while levels and not self.is_late:
                yield from self._step(levels)
        finally:
            for folder in (top, *(level.folder for level in levels)):
                os.close(folder)

    def _step(self, levels: list[_Level]) -> Iterator[Entry]:
        """Go on in the deepest folder, up to the next one to enter."""
        level = levels[-1]
        for name, kind in level.rest:
            if self._setting.is_late:
                self.is_late = True
                return
            entry = self._entry(level, name, kind)
            if entry is None:
                continue
            below = self._enter(entry, level, len(levels)) if kind == FOLDER else None
            if below is not None:
                levels.append(below)
            yield entry
            if below is not None:
                return
        os.close(levels.pop().folder)

    def _entry(self, level: _Level, name: str, kind: str) -> Entry | None:
        """What is to be shown of a name; None when it is not to be."""
        path = level.base + name
        ignored = is_ignored(level.rules, path, name, is_folder=kind == FOLDER)
        if ignored and not self._with_ignored:
            return None
        return Entry(level.folder, path, name, kind, ignored)

    def _enter(self, entry: Entry, above: _Level, depth: int) -> _Level | None:
        if depth >= self._depth:
            entry.note = "too deep to go on: list it by itself" if depth == MOST_LEVELS else None
            return None
        try:
            folder = os.open(entry.name, ENTER, dir_fd=entry.folder)
        except OSError as error:
            entry.note = f"cannot be entered: {error.strerror}"
            return None
        level = self._level(folder, f"{entry.path}/", above.rules)
        entry.entries = level.count
        return level

    def _level(self, folder: int, base: str, rules: tuple[Rules, ...]) -> _Level:
        found = listed(folder)
        if any(name == RULE_FILE for name, _ in found):
            own = Rules.of(base, _content(folder, RULE_FILE))
            rules = rules if own is None else (own, *rules)
        return _Level(folder, base, iter(found), len(found), rules)


def listed(folder: int) -> list[tuple[str, str]]:
    """The names in an open folder, sorted by their bytes, with what they are.

    Without repositories and our own state. Nothing when it cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            found = [(one.name, _kind(one, folder)) for one in entries if not _is_kept(one.name)]
    except OSError:
        return []
    found.sort(key=_in_bytes)
    return found


def _in_bytes(found: tuple[str, str]) -> bytes:
    return os.fsencode(found[0])


def _is_kept(name: str) -> bool:
    # Hardly any name is worth the folding of its letters.
    return name == _REPOSITORY or ((name[0] == "." or not name.isascii()) and is_ours(name))


def _kind(entry: os.DirEntry[str], folder: int) -> str:
    if entry.is_symlink():
        return LINK
    if entry.is_file(follow_symlinks=False):
        return FILE
    if entry.is_dir(follow_symlinks=False):
        return FOLDER
    try:
        mode = os.stat(entry.name, dir_fd=folder, follow_symlinks=False).st_mode
    except OSError:
        return "gone"
    return _SPECIAL.get(stat.S_IFMT(mode), "device")


def _rules_above(tree: Tree, base: str) -> tuple[Rules, ...]:
    """The rules for what is in `base` from the folders above it, the deepest first."""
    names = base.split("/")[:-1]
    folders = ["".join(f"{name}/" for name in names[:count]) for count in range(len(names))]
    rules = [Rules.of("", _read(tree, _EXCLUDED))]
    rules += [Rules.of(folder, _read(tree, f"./{folder}{RULE_FILE}")) for folder in folders]
    return tuple(one for one in reversed(rules) if one is not None)


def _read(tree: Tree, path: str) -> bytes:
    """What a file of rules says; nothing when it is a link, as git has it, or is not there."""
    try:
        looked, _ = tree.look_at(path)
    except Refused:
        return b""
    return _opened(looked)


def _content(folder: int, name: str) -> bytes:
    try:
        looked = os.open(name, _LOOK, dir_fd=folder)
    except OSError:
        return b""
    return _opened(looked)


def _opened(looked: int) -> bytes:
    try:
        if not stat.S_ISREG(os.fstat(looked).st_mode):
            return b""
        file = reopened(looked)
    except Refused:
        return b""
    finally:
        os.close(looked)
    try:
        return os.read(file, MOST_RULE_BYTES)
    finally:
        os.close(file)
