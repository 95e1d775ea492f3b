"""Open a path below a folder, and nothing else, whoever moves things about meanwhile.

To look where a path leads and then to open it is a race that another process wins. Here the
kernel answers both at once, by openat2(2); where it cannot, a walk opens folder after folder
and follows each link itself.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct

# The same number on x86-64 and aarch64: all calls since Linux 5.0 share one table.
_OPENAT2 = 437
_RESOLVE_NO_MAGICLINKS = 0x02
_RESOLVE_NO_SYMLINKS = 0x04
_RESOLVE_BENEATH = 0x08
_RESOLVE = _RESOLVE_NO_MAGICLINKS | _RESOLVE_BENEATH
_NO_ROOT = -100  # AT_FDCWD, which an absolute path does not need
_MOST_TRIES = 100
_TRY_AGAIN = (errno.EAGAIN, errno.EINTR)
# EPERM is how old container profiles forbid a call that they do not know.
_TO_WALK = (errno.ENOSYS, errno.EPERM, *_TRY_AGAIN)
# path_resolution(7): links that are followed in one path, and bytes of a path with its NUL.
_MOST_LINKS = 40
_PATH_BYTES = 4096
_LOOK = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def open_beneath(root: int, path: bytes, flags: int) -> int:
    """Open `path` with the `flags` of open(2), if it leads nowhere but below the folder `root`.

    An empty path is `root` itself. Links are followed as long as they stay below. Nothing is
    created. The descriptor is closed on exec.

    Raises `OSError`: EXDEV for a way out, be it absolute, by `..` or by a link; ELOOP for too
    many links, and for the magic ones of proc(5); EINVAL for flags that create and for a NUL;
    and whatever else open(2) may say.
    """
    _check(path, flags)
    opened, error = _openat2(root, path or b".", flags, _RESOLVE)
    if error in _TO_WALK:
        return walk_beneath(root, path, flags)
    if error:
        raise OSError(error, os.strerror(error), path)
    return opened


def open_straight(path: bytes, flags: int) -> int:
    """Open the absolute `path`, on which there may be no link at all. Raises `OSError`: ELOOP."""
    _check(path, flags)
    opened, error = _openat2(_NO_ROOT, path, flags, _RESOLVE_NO_SYMLINKS)
    if error in _TO_WALK:
        return walk_straight(path, flags)
    if error:
        raise OSError(error, os.strerror(error), path)
    return opened


def walk_straight(path: bytes, flags: int) -> int:
    """What `open_straight` does, without openat2(2); a link is ELOOP or ENOTDIR."""
    opened = os.open(b"/", _LOOK)
    try:
        *folders, last = path.strip(b"/").split(b"/")
        for name in folders:
            below = os.open(name, _LOOK | os.O_DIRECTORY, dir_fd=opened)
            os.close(opened)
            opened = below
        found = os.open(last or b".", flags | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=opened)
    finally:
        os.close(opened)
    if stat.S_ISLNK(os.fstat(found).st_mode):  # O_PATH opens the link itself
        os.close(found)
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
    return found


def _openat2(root: int, path: bytes, flags: int, resolve: int) -> tuple[int, int]:
    """The descriptor and 0, or the number of the error."""
    how = struct.pack("QQQ", flags | os.O_CLOEXEC, 0, resolve)
    error = errno.EAGAIN
    # A rename anywhere may make the kernel unsure of a `..`, which it says by EAGAIN. Whoever
    # renames all the time cannot keep us here: the walk does not depend on it.
    for _ in range(_MOST_TRIES):
        opened = _libc.syscall(
            _OPENAT2,
            ctypes.c_int(root),
            ctypes.c_char_p(path),
            ctypes.c_char_p(how),
            ctypes.c_size_t(len(how)),
        )
        if opened >= 0:
            return int(opened), 0
        error = ctypes.get_errno()
        if error not in _TRY_AGAIN:
            break
    return -1, error


def walk_beneath(root: int, path: bytes, flags: int) -> int:
    """What `open_beneath` does, without openat2(2): slower, and a descriptor for each level.

    A magic link is read like any other, and then refused for where it says it leads. A last
    name that becomes a link between a look and the opening is ELOOP or ENOTDIR.
    """
    _check(path, flags)
    walk = _Walk(root, path)
    try:
        return walk.arrive(flags | os.O_CLOEXEC)
    finally:
        walk.close()


def _check(path: bytes, flags: int) -> None:
    if b"\0" in path or flags & os.O_CREAT or flags & os.O_TMPFILE == os.O_TMPFILE:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), path)
    if len(path) >= _PATH_BYTES:
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), path)


class _Walk:
    """Where a walk has come to: `opened` is its way from the root, `ahead` the names to go.

    The way back up is the way that was taken down. To open `..` instead would lead out, once
    the folder that we are in has been moved elsewhere.
    """

    def __init__(self, root: int, path: bytes) -> None:
        self.path = path
        self.ahead: list[bytes] = []
        self.links = 0
        self._add(path)
        self.opened = [os.dup(root)]

    def arrive(self, flags: int) -> int:
        """Go all the way, and open what is there."""
        while self.ahead:
            name = self.ahead.pop()
            if name == b"..":
                self._go_up()
            elif name not in (b"", b"."):
                kind = self._look(name)
                if stat.S_ISLNK(kind) and (self.ahead or not flags & os.O_NOFOLLOW):
                    self._follow()
                elif not stat.S_ISDIR(kind):
                    return self._open_last(name, flags)
        return os.open(b".", flags, dir_fd=self.opened[-1])

    def close(self) -> None:
        """Let go of every folder."""
        while self.opened:
            os.close(self.opened.pop())

    def _add(self, path: bytes) -> None:
        """Put the names of `path` before those ahead."""
        if path.startswith(b"/"):
            raise self._error(errno.EXDEV)
        self.ahead += reversed(path.split(b"/"))

    def _go_up(self) -> None:
        if len(self.opened) == 1:
            raise self._error(errno.EXDEV)
        os.close(self.opened.pop())

    def _look(self, name: bytes) -> int:
        """Step onto whatever has this name, without following it: its mode."""
        self.opened.append(os.open(name, _LOOK, dir_fd=self.opened[-1]))
        return os.fstat(self.opened[-1]).st_mode

    def _follow(self) -> None:
        """Step back from a link, and have its target before us."""
        self.links += 1
        if self.links > _MOST_LINKS:
            raise self._error(errno.ELOOP)
        # An empty name reads the very link that was opened: readlink(2).
        target = os.readlink(b"", dir_fd=self.opened[-1])
        os.close(self.opened.pop())
        self._add(target)

    def _open_last(self, name: bytes, flags: int) -> int:
        """Open what we stand on, which is no folder."""
        if self.ahead or flags & os.O_DIRECTORY:
            raise self._error(errno.ENOTDIR)
        if flags & os.O_PATH:
            return os.dup(self.opened[-1])
        return os.open(name, flags | os.O_NOFOLLOW, dir_fd=self.opened[-2])

    def _error(self, number: int) -> OSError:
        return OSError(number, os.strerror(number), self.path)
