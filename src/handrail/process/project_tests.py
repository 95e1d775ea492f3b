"""A project's own tests, run as its author runs them: unconfined."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

_PASSED = 0
_NONE_THERE = 5
"""What pytest exits with."""


@dataclass(frozen=True, slots=True)
class TrialRun:
    """How they ended, and all that they said."""

    code: int | None
    """None: they did not end in their time."""
    output: str

    @property
    def has_passed(self) -> bool:
        """Whether nothing failed; a project without tests has nothing that could."""
        return self.code in (_PASSED, _NONE_THERE)


def run_tests(python: Path, folder: Path, sources: Path, *, seconds: float) -> TrialRun:
    """Run pytest in `folder`, with `sources` before whatever `python` has installed.

    What is left of them after `seconds`, or when we are interrupted, is killed.
    """
    found = filter(None, (str(sources), os.environ.get("PYTHONPATH")))
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(found)}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [str(python), "-m", "pytest", "-q", "--color=no"],
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        code = _ended(process, seconds)
        said.seek(0)
        output = said.read().decode(errors="replace")
    late = "" if code is not None else f"\nthe tests did not end in {seconds:.0f} s"
    return TrialRun(code, output + late)


def _ended(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
