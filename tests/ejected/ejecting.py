"""Projects, ejected as users do it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
# pytest, which an example declares, lives beside this Python.
PATH = f"{BIN}:{os.environ.get('PATH', os.defpath)}"


def eject(file: Path, folder: Path, *options: str, **environ: str) -> None:
    """`handrail eject`; the project is in `folder` then."""
    done = subprocess.run(
        [sys.executable, "-m", "handrail", "eject", str(folder), "--file", str(file), *options],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def package_in(project: Path) -> str:
    """The package of a project."""
    (package,) = (project / "src").iterdir()
    return package.name


def run(project: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A command in a project, with little environment."""
    alone = {"PATH": PATH, "HOME": str(project), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=project, env=alone | environ, capture_output=True, text=True, check=False
    )
