"""Whom the kernel kills when memory runs out: the command, never its zygote (proc(5))."""

from __future__ import annotations

import os

_FILE = "/proc/self/oom_score_adj"
_FIRST = b"1000"


class Victim:
    """Marks what is started while it is on. To be made before the user changes.

    After that, the file could not be opened any more; and it must not be written before, for
    what root writes cannot be taken back by others.
    """

    def __init__(self, *, wanted: bool) -> None:
        self._file = os.open(_FILE, os.O_RDWR | os.O_CLOEXEC) if wanted else -1
        self._before = os.pread(self._file, 16, 0).strip() if wanted else b""

    def __enter__(self) -> None:
        if self._file >= 0:
            os.pwrite(self._file, _FIRST, 0)

    def __exit__(self, *_: object) -> None:
        if self._file >= 0:
            os.pwrite(self._file, self._before, 0)
