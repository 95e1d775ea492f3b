"""A call's rules become a Landlock ruleset, kept for the next call with the same rules."""

from __future__ import annotations

import errno
import marshal
import os
import stat

from . import kernel, wire
from .beneath import open_straight

# What can be granted at a file that is no folder: execute, write, read, truncate, ioctl.
_RIGHTS_AT_FILES = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15
_LIST = 1 << 3
# What is not there, and what we cannot reach ourselves, needs no right.
_NO_NEED = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES)
# Each is a descriptor, of which a zygote has no more than the file allows its commands.
_MOST_KEPT = 16
Key = tuple[bytes, int, int]


class Rulesets:
    """The rulesets of one zygote, whose folders every call may use."""

    def __init__(self, folders: tuple[bytes, ...]) -> None:
        self._folders = folders
        self._kept: dict[Key, int] = {}

    def enter(self, rules: bytes, root: int) -> None:
        """Confine the calling thread by the marshalled `rules`. Raises `OSError`.

        `root` is the open folder that the call works in: when another folder has come to its
        place since, what was kept is worth nothing.
        """
        at = os.fstat(root)
        key = (rules, at.st_dev, at.st_ino)
        kept = self._kept.get(key)
        if kept is not None:
            kernel.enter(kept)
            return
        parsed = wire.Rules(*marshal.loads(rules))
        ruleset, is_whole = self._build(parsed)
        kernel.enter(ruleset)
        # What lies beside an exception is looked up anew for each call, and so is what a link has
        # taken the place of, for it may come back.
        if (
            not is_whole
            or any(besides for _, _, besides in parsed.grants)
            or len(self._kept) >= _MOST_KEPT
        ):
            os.close(ruleset)
        else:
            self._kept[key] = ruleset

    def forget(self) -> None:
        """Build every ruleset anew: a folder of ours is another one now."""
        while self._kept:
            os.close(self._kept.popitem()[1])

    def _build(self, rules: wire.Rules) -> tuple[int, bool]:
        """A ruleset, and whether nothing was left out for a link."""
        ruleset = kernel.create_ruleset(rules.files, rules.ports, rules.scopes)
        try:
            granted = [
                _grant(ruleset, path, rights, besides) for path, rights, besides in rules.grants
            ]
            for folder in self._folders:
                _grant(ruleset, folder, rules.temporary, ())
        except OSError:
            os.close(ruleset)
            raise
        return ruleset, all(granted)


def _grant(ruleset: int, path: bytes, rights: int, besides: tuple[bytes, ...]) -> bool:
    """Grant `rights` at `path`; with exceptions, at whatever lies beside them.

    Landlock knows no exceptions: a right over a folder is one over all below. So a folder that
    holds an exception can only be listed, and its other entries each get their rights.

    False when a link stands in the place of `path`.
    """
    if path in besides:
        return True
    below = tuple(other for other in besides if other.startswith(path.rstrip(b"/") + b"/"))
    if not _grant_at(ruleset, path, rights & _LIST if below else rights):
        return False
    for name in os.listdir(path) if below else ():
        inner = os.path.join(path, name)
        if any(other == inner or other.startswith(inner + b"/") for other in below):
            _grant(ruleset, inner, rights, below)
        else:
            _grant_at(ruleset, inner, rights)
    return True


def _grant_at(ruleset: int, path: bytes, rights: int) -> bool:
    """Grant `rights` at `path` itself, if it is there; False when a link is."""
    if not rights:
        return True
    try:
        # Paths were resolved when the server started. A link on one is there since: whoever put
        # it there does not choose where a right is given.
        place = open_straight(path, os.O_PATH)
    except OSError as error:
        if error.errno in _NO_NEED:
            return error.errno != errno.ELOOP
        raise
    try:
        kind = os.fstat(place).st_mode
        allowed = rights if stat.S_ISDIR(kind) else rights & _RIGHTS_AT_FILES
        if allowed:
            kernel.grant(ruleset, place, allowed)
    finally:
        os.close(place)
    return True
