"""Find lines in files."""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Mapping
from contextlib import closing
from functools import partial
from typing import Any

from handrail.systems.files.alarm import Late, alarm
from handrail.systems.files.globs import Globs
from handrail.systems.files.matches import Match, Search
from handrail.systems.files.names import is_odd, shown
from handrail.systems.files.opener import Opener
from handrail.systems.files.pattern import pattern_of
from handrail.systems.files.results import Result, Results
from handrail.systems.files.ripgrep import candidates
from handrail.systems.files.setting import Setting
from handrail.systems.files.walk import FILE, Walk

_FIRST_BATCH, _GROWTH, _LARGEST_BATCH = 500, 4, 8_000
_BATCH_CHARACTERS = 400_000
"""Of paths: a command line holds 2 MiB at most (execve(2))."""
Given = Mapping[str, Any]


def grep(setting: Setting, given: Given) -> Result:
    """A page of `matches`, by path and line. Raises `Refused`.

    Files are searched in the order of the walk, so that the first page takes no longer than it
    must. A file that is named is searched whatever `glob` says.
    """
    grep = _Grep(setting, given)
    try:
        with alarm(setting.deadline):
            grep.search()
    except Late:
        grep.is_late = True
    finally:
        grep.opener.close()
    return grep.told()


class _Grep:
    """One search: what it looks for, what it has found, and the file that it is at."""

    def __init__(self, setting: Setting, given: Given) -> None:
        self._setting = setting
        self._given = given
        self._pattern = pattern_of(
            given["pattern"], regex=given["regex"], ignore_case=given["ignore_case"]
        )
        self._globs = Globs.of(given.get("glob", ()), "glob")
        self._results = Results(given["offset"], given["limit"])
        self._searched = 0
        self._at: str | None = None
        self.opener = Opener(setting.tree)
        self.is_late = False

    def search(self) -> None:
        """Go on until the page is full, or there are no more files."""
        if not self._is_folder():
            self._search_named()
            return
        with closing(self._files()) as files:
            for path, may_match in files:
                self._searched += 1
                if may_match and (file := self.opener.open(path)) is not None:
                    self._search(path, file)
                if self._results.is_over:
                    return

    def told(self) -> Result:
        """The page. `stopped_in` is the file in which there was no more time."""
        told = self._results.told("matches", is_late=self.is_late)
        more = {"stopped_in": shown(self._at)} if self.is_late and self._at is not None else {}
        return {**told, "files_searched": self._searched, **more}

    def _is_folder(self) -> bool:
        looked, _ = self._setting.tree.look(self._given["path"])
        try:
            return stat.S_ISDIR(os.fstat(looked).st_mode)
        finally:
            os.close(looked)

    def _search_named(self) -> None:
        file, place = self._setting.tree.open(self._given["path"])
        self._searched = 1
        self._search(place, file)

    def _files(self) -> Generator[tuple[str, bool]]:
        """The files below the folder, and whether each may have a match."""
        walk = Walk(self._setting, self._given["path"], ignored=self._given["ignored"])
        batch: list[str] = []
        characters, size = 0, _FIRST_BATCH
        with closing(iter(walk)) as entries:
            for entry in entries:
                if entry.kind == FILE and self._globs.take(entry.path[len(walk.base) :]):
                    batch.append(entry.path)
                    characters += len(entry.path)
                if len(batch) == size or characters > _BATCH_CHARACTERS:
                    yield from self._judged(batch)
                    batch, characters, size = [], 0, min(size * _GROWTH, _LARGEST_BATCH)
        yield from self._judged(batch)
        self.is_late = walk.is_late

    def _judged(self, batch: list[str]) -> Generator[tuple[str, bool]]:
        searcher = self._setting.searcher
        found = batch if searcher is None else candidates(searcher, self._pattern, batch)
        promising = frozenset(found)
        for path in batch:
            yield path, path in promising

    def _search(self, path: str, file: int) -> None:
        """Search an open file, and close it."""
        self._at = path
        results, names_only = self._results, self._given["names_only"]
        skip, most = (0, 0) if names_only else (results.left_to_skip, results.room + 1)
        search = Search(self._pattern, self._given["context"], skip, most)
        try:
            search.run(file)
        finally:
            os.close(file)
        if names_only:
            if search.count:
                results.offer(partial(_file, path, search.count))
        else:
            results.skip(search.count)
            for match in search.matches:
                results.offer(partial(_match, path, match))
        self._at = None


def _named(path: str) -> Result:
    return {"path": shown(path), **({"odd": True} if is_odd(path) else {})}


def _file(path: str, count: int) -> Result:
    return {**_named(path), "matches": count}


def _match(path: str, match: Match) -> Result:
    around = {"before": match.before, "after": match.after}
    known = {name: lines for name, lines in around.items() if lines}
    return {**_named(path), "line": match.line, "text": match.text, **known}
