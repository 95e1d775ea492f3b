"""The merged project is tried out beside the real one before anything of it is written."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from handrail.errors import UsageError
from handrail.process.project_tests import TrialRun, run_tests
from handrail.scaffold.update.changes import Change
from handrail.scaffold.update.place import PLACE
from handrail.scaffold.write import write_file

_SECONDS = 1800.0
"""A guard against hangs."""
_NO_PYTEST = "No module named pytest"
_STAGE = PLACE / "stage"
"""Says where the trial is, so that what a killed update leaves is found by the next."""
_LEFT_OUT = shutil.ignore_patterns(
    ".venv", "venv", "node_modules", ".handrail", "__pycache__", ".*_cache", "build", "dist"
)


def python_of(root: Path) -> Path:
    """The project's own Python where it has this Handrail, or else the one that runs us."""
    own, here = root / ".venv/bin/python", f"handrail-{version('handrail')}.dist-info"
    has_ours = any((root / ".venv").glob(f"lib/python*/site-packages/{here}"))
    return own if has_ours and own.exists() else Path(sys.executable)


def try_out(root: Path, changes: Sequence[Change]) -> TrialRun:
    """Run the tests of the project as it will be. Raises `UsageError` when there is no pytest."""
    python = python_of(root)
    with _staged(root, changes) as stage:
        ran = run_tests(python, stage, stage / "src", seconds=_SECONDS)
    if _NO_PYTEST in ran.output and ran.code == 1:
        raise UsageError(
            f"{python} has no pytest to run the project's tests with",
            hint="After `make test` the project has its own, for `.venv/bin/handrail update`; "
            "--no-tests updates without them.",
        )
    return ran


def remove_left(root: Path) -> None:
    """Remove what the trial of a killed update has left."""
    try:
        stage = Path((root / _STAGE).read_text())
    except (OSError, ValueError):
        return
    if stage.name.startswith(_prefix(root)) and not stage.is_symlink():
        shutil.rmtree(stage, ignore_errors=True)


@contextmanager
def _staged(root: Path, changes: Sequence[Change]) -> Iterator[Path]:
    """A copy of the project with these changes."""
    stage = _made(root)
    try:
        _fill(stage, root, changes)
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _fill(stage: Path, root: Path, changes: Sequence[Change]) -> None:
    try:
        write_file(root / _STAGE, str(stage))
        shutil.copytree(
            root, stage, symlinks=True, dirs_exist_ok=True, ignore=_ignored, copy_function=_copy
        )
        for change in changes:
            _change(stage / change.path, change.after)
    except OSError as failed:
        raise UsageError(
            f"the project cannot be copied to try the update: {failed}",
            hint="--no-tests updates without a trial.",
        ) from failed


def _made(root: Path) -> Path:
    """A folder beside the project: what it names by relative paths is found from there, too."""
    beside = root.parent if os.access(root.parent, os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix=_prefix(root), dir=beside))


def _prefix(root: Path) -> str:
    return f".{root.name}.update-"


def _ignored(folder: str, names: list[str]) -> set[str]:
    """What can be made anew, is our own, or is no file: a socket has no copy."""
    inside = Path(folder)
    special = {
        one
        for one in names
        if not ((inside / one).is_symlink() or (inside / one).is_dir() or (inside / one).is_file())
    }
    return special | _LEFT_OUT(folder, names)


def _copy(source: str, target: str) -> None:
    # Git never writes to its objects again, and they may be many.
    if "/.git/objects/" in source:
        try:
            Path(target).hardlink_to(source)
        except OSError:
            pass
        else:
            return
    shutil.copy2(source, target)


def _change(path: Path, after: bytes | None) -> None:
    # Anew, for the file that is there may be read-only.
    path.unlink(missing_ok=True)
    if after is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(after)
