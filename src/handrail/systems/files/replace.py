"""A file's content is put in place all at once: whoever looks sees the old one or the new one.

The content goes into a file without a name (O_TMPFILE of open(2)) in the same folder, and to the
disk. Then it gets its name by rename(2), and for a moment before that a name of ours (`draft.py`):
linkat(2) cannot replace.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from handrail.systems.files.content import LARGEST_WHOLE, read_at
from handrail.systems.files.draft import drafted
from handrail.systems.files.names import DRAFT
from handrail.systems.files.parent import Spot
from handrail.systems.files.refused import ARGUMENT_INVALID, DENIED, Refused, of_error
from handrail.systems.files.tree import reopened

_RENAME_NOREPLACE = 1
_LOOK = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_MODES = 0o777
"""Of a mode, all but what has a program run as its owner: that was not for this content."""
_ACCESS_LIST = "system.posix_acl_access"
# Not ours to give, or a user that is not known in this user namespace.
_NOT_TO_GIVE = (errno.EPERM, errno.EINVAL)

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Current:
    """The file that is there now: its content, and which file it is in which state.

    `attributes` are its access list and the attributes that users gave it (xattr(7)).
    """

    content: bytes
    mode: int
    owner: tuple[int, int]
    attributes: Mapping[str, bytes]
    is_writable: bool
    version: tuple[int, int, int, int, int]

    @property
    def hash(self) -> str:
        """The SHA-256 of its content, in hexadecimal."""
        return hash_of(self.content)


def hash_of(content: bytes) -> str:
    """The SHA-256 of a content, as read_file says it."""
    return hashlib.sha256(content).hexdigest()


def current(at: Spot) -> Current | None:
    """The regular file at a spot; None for nothing. Raises `Refused` for all else, and for one
    that is too large to be held in memory."""
    try:
        looked = os.open(at.name, _LOOK, dir_fd=at.folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise of_error(error, at.field) from None
    try:
        at.tree.spare_hidden(looked, at.place, at.field)
        return _content(looked, at.field)
    finally:
        os.close(looked)


def _content(looked: int, field: str) -> Current:
    if stat.S_ISDIR(os.fstat(looked).st_mode):
        raise Refused(
            ARGUMENT_INVALID, f"`{field}` is a folder", field=field, hint="Name a file in it."
        )
    file = reopened(looked, field)
    try:
        found = os.fstat(file)
        content = read_at(file, 0, LARGEST_WHOLE + 1)
        if len(content) > LARGEST_WHOLE:
            why = f"`{field}` has more than {LARGEST_WHOLE:,} bytes"
            raise Refused(ARGUMENT_INVALID, why, field=field, allowed={"max": LARGEST_WHOLE})
        mode, owner = stat.S_IMODE(found.st_mode) & _MODES, (found.st_uid, found.st_gid)
        is_writable = os.access(f"/proc/self/fd/{looked}", os.W_OK)
        return Current(content, mode, owner, _attributes(file), is_writable, version(found))
    finally:
        os.close(file)


def _attributes(file: int) -> dict[str, bytes]:
    try:
        names = os.listxattr(file)
    except OSError:
        return {}  # this file system has none
    wanted = (name for name in names if name.startswith("user.") or name == _ACCESS_LIST)
    return {name: os.getxattr(file, name) for name in wanted}


def version(found: os.stat_result) -> tuple[int, int, int, int, int]:
    """What differs when a name has another file, or its file has another content."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def expect(now: Current, expected: str | None) -> None:
    """Refuse when the content is another than the caller has read."""
    if expected is not None and now.hash != expected:
        raise changed()


def changed() -> Refused:
    """The file is not what the caller believes."""
    why = "`expected_hash`: the file has changed since it was read"
    hint = "Read it again with read_file, and make your change to what it holds now."
    return Refused(ARGUMENT_INVALID, why, field="expected_hash", hint=hint)


def put(at: Spot, content: bytes, over: Current | None, mode: int = 0o644) -> str:
    """Have `content` at a spot whose folder is locked, in place of `over`; its hash.

    The mode of `over` is kept, and its owner and attributes as far as that can be. Raises
    `Refused` for a file that is read-only, when something else is there by now, and when there is
    no room; then everything is as it was.
    """
    if over is not None and not over.is_writable:
        why = f"`{at.field}` is read-only for the user that the server works as"
        raise Refused(DENIED, why, field=at.field)
    try:
        with drafted(at.folder, content, mode if over is None else over.mode) as file:
            if over is not None:
                _dress(file, over)
            _name(at, over)
        os.fsync(at.folder)
    except OSError as error:
        raise of_error(error, at.field) from None
    return hash_of(content)


def _dress(file: int, over: Current) -> None:
    """Give a new file what only the old one had: attributes, owner and group, in the end its mode.

    The group alone, where the owner is not ours to give.
    """
    for name, value in over.attributes.items():
        with suppress(OSError):
            os.setxattr(file, name, value)
    for owner in (over.owner[0], -1):
        try:
            os.fchown(file, owner, over.owner[1])
            break
        except OSError as error:
            if error.errno not in _NOT_TO_GIVE:
                raise
    os.fchmod(file, over.mode)


def _name(at: Spot, over: Current | None) -> None:
    """Give the draft its name: a new one, or that of `over`, if it still is `over`'s."""
    if over is None:
        try:
            os.link(DRAFT, at.name, src_dir_fd=at.folder, dst_dir_fd=at.folder)
        except FileExistsError:
            raise exists(at.field) from None
        return
    found = at.status()
    if found is None or version(found) != over.version:
        raise changed()
    os.rename(DRAFT, at.name, src_dir_fd=at.folder, dst_dir_fd=at.folder)


def exists(field: str) -> Refused:
    """Something is where there was to be nothing."""
    why = f"`{field}`: something is there already"
    hint = "To replace a file, give `expected_hash`: read_file and stat_file tell it."
    return Refused(ARGUMENT_INVALID, why, field=field, hint=hint)


def rename_new(source: Spot, target: Spot) -> None:
    """Move a name to where there is nothing. Raises `Refused`, and `OSError` for the rest.

    Source: renameat2(2), RENAME_NOREPLACE.
    """
    failed = _libc.renameat2(
        ctypes.c_int(source.folder),
        ctypes.c_char_p(os.fsencode(source.name)),
        ctypes.c_int(target.folder),
        ctypes.c_char_p(os.fsencode(target.name)),
        ctypes.c_uint(_RENAME_NOREPLACE),
    )
    error = ctypes.get_errno() if failed else 0
    if error == errno.EEXIST:
        why = f"`{target.field}`: something is there already"
        hint = "Give a path where there is nothing."
        raise Refused(ARGUMENT_INVALID, why, field=target.field, hint=hint)
    if error:
        raise OSError(error, os.strerror(error))
