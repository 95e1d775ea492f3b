"""What one stream of a command said: in memory while short, in an unnamed file when long."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(slots=True)
class Output:
    """The kept bytes of one stream, readable at any offset until closed.

    A file has no name, so nothing is left behind however the server ends.
    """

    size: int = 0
    memory: bytes = b""
    file: int | None = None

    def read(self, offset: int, limit: int) -> bytes:
        """At most `limit` bytes from `offset`; nothing at or beyond the end."""
        limit = max(0, min(limit, self.size - offset))
        if self.file is None:
            return self.memory[offset : offset + limit]
        return os.pread(self.file, limit, offset) if limit else b""

    def close(self) -> None:
        """Give the space back; what was kept is gone."""
        if self.file is not None:
            os.close(self.file)
        self.size, self.memory, self.file = 0, b"", None
