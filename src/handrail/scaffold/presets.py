"""Answers that go together, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handrail.errors import UsageError
from handrail.spec.document import Document
from handrail.spec.source import Source
from handrail.spec.suggest import closest


@dataclass(frozen=True, slots=True)
class Preset:
    """A few answers, and what they are good for."""

    words: str
    data: Mapping[str, Any]


PRESETS: Mapping[str, Preset] = {
    "reader": Preset("an assistant that reads the repository", {"changes": "nothing"}),
    "developer": Preset("one that edits files and runs the tests", {"changes": "files"}),
    "files": Preset("files to read and edit, without Git", {"use": ["files"], "changes": "files"}),
    "shared": Preset(
        "over HTTP, with keys, budgets, the audit and metrics",
        {
            "runs": "http",
            "auth": "keys",
            "state": "disk",
            "access": {"limits": {"rate": "60/minute burst 20", "calls": "2000/day"}},
        },
    ),
}


def preset(name: str) -> Document:
    """The answers of a preset. Raises `UsageError` when there is none of that name."""
    if name not in PRESETS:
        meant = closest(name, PRESETS)
        hint = f'Did you mean "{meant}"?' if meant else f"Presets: {', '.join(PRESETS)}."
        raise UsageError(f"there is no preset {name!r}", hint=hint)
    return Document(
        Source(Path(f"--preset {name}"), None, ""), dict(PRESETS[name].data), lambda _: {}
    )
