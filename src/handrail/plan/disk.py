"""What may be asked of the disk by those who only judge: where links lead, and plain rights."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from handrail.plan.reach import blocked_at, permits
from handrail.plan.runtimes.runtime import is_file
from handrail.plan.user import User


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk as `user` meets it; None is the server's own user."""

    user: User | None = None

    def real(self, path: Path) -> Path:
        """`path` with every link followed, as far as it exists."""
        return Path(os.path.realpath(path))

    def has(self, path: Path) -> bool:
        """Whether there is anything at `path`."""
        return os.path.lexists(path)

    def permits(self, path: Path, want: int) -> bool:
        """Whether owner and mode allow `want`, one of `os.R_OK`, `os.W_OK`, `os.X_OK`.

        `os.X_OK` is for programs: no folder has it.
        """
        if want == os.X_OK and not is_file(path):
            return False
        if self.user is None:
            return permits(path, None, want)
        return blocked_at(path, self.user, want) is None
