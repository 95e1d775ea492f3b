"""The folder for what a server keeps, looked at before anything is served."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile

from handrail.errors import UsageError


def make_state_folder(state: Path) -> None:
    """Make the folder, when it is not there yet. Raises `UsageError` when it takes no files."""
    try:
        state.mkdir(exist_ok=True)
        with TemporaryFile(dir=state):
            pass
    except OSError as error:
        raise UsageError(
            f"nothing can be kept in {state}: {error.strerror}",
            hint="The server's user must own it, or the folder that it is to be made in; where "
            "disks are read-only, mount a volume there.",
        ) from None
