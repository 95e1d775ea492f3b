"""The `wizard` extra: libraries that only writing files needs, and serving does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from handrail.errors import UsageError

_LIBRARIES = {"jinja2", "merge3", "prompt_toolkit", "questionary", "tomlkit"}


@contextmanager
def needs_wizard() -> Iterator[None]:
    """Around imports of the extra's libraries; raises `UsageError` when one is not installed."""
    try:
        yield
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in _LIBRARIES:
            raise
        raise UsageError(
            f"this needs {missing.name}, which is not installed",
            hint='pip install "handrail[wizard]"',
        ) from missing
