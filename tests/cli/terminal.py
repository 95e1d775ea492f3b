"""Handrail at a command line, as a user runs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Printed:
    """What a command printed, and its exit code; measured times are levelled."""

    code: int
    out: str
    err: str


def handrail(*arguments: str, folder: Path, under: Sequence[str] = (), **environ: str) -> Printed:
    """Run the command in `folder`, with an environment of PATH and `environ` alone.

    `under` is what to start it by.
    """
    done = subprocess.run(
        [*under, sys.executable, "-m", "handrail", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Printed(done.returncode, done.stdout, _level(done.stderr))


def _level(text: str) -> str:
    return re.sub(r"after \d+\.\d+ s", "after 0.00 s", text)
