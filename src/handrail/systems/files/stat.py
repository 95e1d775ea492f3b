"""What is at a path, without opening what must not be opened."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from stat import S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK, S_IMODE
from typing import Any

from handrail.systems.files.content import Content, read_at, version_of
from handrail.systems.files.encoding import Encoding, marked
from handrail.systems.files.lines import Lines
from handrail.systems.files.media import HEAD_BYTES, TEXT, UNKNOWN, media_type
from handrail.systems.files.names import is_kept, shown
from handrail.systems.files.refused import (
    ARGUMENT_INVALID,
    BUSY,
    DENIED,
    NOT_FOUND,
    PATH_OUTSIDE_WORKSPACE,
    Refused,
)
from handrail.systems.files.setting import Setting
from handrail.systems.files.text import lines_total
from handrail.systems.files.tree import Tree, reopened

KINDS = {
    S_IFREG: "file",
    S_IFDIR: "folder",
    S_IFLNK: "link",
    S_IFIFO: "fifo",
    S_IFSOCK: "socket",
    S_IFCHR: "device",
    S_IFBLK: "device",
}
"""What there may be at a path, by its type in st_mode."""
_LEADS = {PATH_OUTSIDE_WORKSPACE: "outside", NOT_FOUND: "nowhere", DENIED: "denied"}
_CHUNK_BYTES = 1024 * 1024
_LARGEST_COUNTED = 1024 * 1024
"""Bytes of a text whose lines are counted."""
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799
"""The years 1 and 9999."""
Result = dict[str, object]


def stat(setting: Setting, given: Mapping[str, Any]) -> Result:
    """Kind, size, mode and time of what has this very name; more of files, folders and links.

    Only files and folders are opened, and only to look into them. Raises `Refused`.
    """
    looked, place = setting.tree.look_at(given["path"])
    try:
        found = os.fstat(looked)
        kind = KINDS[S_IFMT(found.st_mode)]
        if given["hash"] and kind != "file":
            why = f"`hash`: only a file has one, and this is a {kind}"
            raise Refused(ARGUMENT_INVALID, why, field="hash", hint="Leave out `hash`.")
        return {
            "path": shown(place),
            "kind": kind,
            **({"size": found.st_size} if kind == "file" else {}),
            "mode": f"{S_IMODE(found.st_mode):04o}",
            "modified": _iso(found.st_mtime),
            **_more(setting, kind, looked, given),
        }
    finally:
        os.close(looked)


def _more(setting: Setting, kind: str, looked: int, given: Mapping[str, Any]) -> Result:
    if kind == "link":
        return _link(setting.tree, given["path"])
    if kind not in ("file", "folder"):
        return {}
    try:
        opened = reopened(looked)
    except Refused:
        if given["hash"]:
            raise
        return {"readable": False}
    try:
        if kind == "folder":
            return {"entries": _entries(opened)}
        hashed = {"hash": _hash(setting, opened)} if given["hash"] else {}
        return {**_of_content(opened), **hashed}
    finally:
        os.close(opened)


def _link(tree: Tree, path: str) -> Result:
    """Where a link leads, which is told of places inside only."""
    try:
        end, place = tree.look(path)
    except Refused as refused:
        return {"leads": _LEADS.get(str(refused.told["code"]), "nowhere")}
    try:
        kind = KINDS[S_IFMT(os.fstat(end).st_mode)]
        return {"leads": "inside", "target": shown(place), "target_kind": kind}
    finally:
        os.close(end)


def _entries(folder: int) -> int:
    """How many names list_files could show in it."""
    with os.scandir(folder) as entries:
        return sum(1 for entry in entries if not is_kept(entry.name))


def _of_content(file: int) -> Result:
    """Whether it is text, in which encoding; and its lines, when they are quickly counted."""
    head = read_at(file, 0, HEAD_BYTES)
    kind = media_type(head, ends=len(head) < HEAD_BYTES)
    if kind != TEXT:
        return {"mime_type": kind or UNKNOWN}
    encoding = marked(head) or Encoding("utf-8")
    about: Result = {"mime_type": TEXT, "encoding": encoding.name}
    if os.fstat(file).st_size <= _LARGEST_COUNTED:
        about["lines_total"] = lines_total(Lines(Content.of(file), encoding))
    return about


def _hash(setting: Setting, file: int) -> str:
    """The SHA-256 of the content, if it holds still meanwhile."""
    before, offset, digest = version_of(file), 0, hashlib.sha256()
    while part := read_at(file, offset, _CHUNK_BYTES):
        if setting.is_late:
            why = f"`hash`: there is no time to read {before[0]:,} bytes"
            raise Refused(ARGUMENT_INVALID, why, field="hash", hint="Leave out `hash`.")
        digest.update(part)
        offset += len(part)
    if version_of(file) != before:
        raise Refused(BUSY, "`path` was changed while it was hashed", field="path")
    return digest.hexdigest()


def _iso(seconds: float) -> str:
    # Any number can be the time of a file, and the calendar ends.
    known = min(max(seconds, _FIRST_SECOND), _LAST_SECOND)
    return datetime.fromtimestamp(known, UTC).isoformat(timespec="milliseconds")
