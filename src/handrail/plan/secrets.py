"""The values of secrets, read once when the server starts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from handrail.diagnostic import Finding
from handrail.spec.server import SecretSpec


def reveal(
    name: str, source: SecretSpec, here: Path, environ: Mapping[str, str]
) -> str | Finding | None:
    """The value of secret `name`; None without a source, which the linter speaks of."""
    if source.env is not None:
        value = environ.get(source.env)
        if value:
            return value
        return Finding(
            ("secrets", name, "env"), "E321", f"secret {name}: the variable {source.env} is not set"
        )
    return None if source.file is None else _read(name, here / source.file)


def _read(name: str, file: Path) -> str | Finding:
    try:
        value = file.read_text("utf-8").removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeDecodeError) as unreadable:
        reason = unreadable.strerror if isinstance(unreadable, OSError) else "not UTF-8"
    else:
        if value and "\0" not in value:
            return value
        reason = "has a NUL character" if value else "is empty"
    return Finding(("secrets", name, "file"), "E322", f"secret {name}: {file}: {reason}")
