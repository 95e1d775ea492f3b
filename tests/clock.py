"""A clock of the machine that a test may set, for the processes that are started with it."""

from __future__ import annotations

import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

_SOURCE = Path(__file__).with_suffix(".c")


@dataclass(frozen=True, slots=True)
class MachineClock:
    """The time of day (CLOCK_REALTIME); clocks that nobody can set go on evenly, as they do."""

    folder: Path

    @classmethod
    def build(cls, folder: Path) -> MachineClock:
        """A clock that is right as yet."""
        clock = cls(folder)
        command = ["gcc", "-shared", "-fPIC", "-O1", "-o", str(clock._library), str(_SOURCE)]
        subprocess.run(command, check=True)
        clock.set(0)
        return clock

    @property
    def _library(self) -> Path:
        return self.folder / "clock.so"

    @property
    def _file(self) -> Path:
        return self.folder / "clock"

    @property
    def environment(self) -> dict[str, str]:
        """What processes must be started with."""
        return {"LD_PRELOAD": str(self._library), "CLOCK_OFF_BY": str(self._file)}

    def set(self, seconds: int) -> None:
        """Set it to so many seconds after now, or before."""
        with self._file.open("r+b" if self._file.exists() else "wb") as file:
            file.write(struct.pack("l", seconds))
