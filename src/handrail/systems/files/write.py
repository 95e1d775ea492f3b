"""Write a file whole: a new one, or one whose content the caller has read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handrail.systems.files.names import shown
from handrail.systems.files.parent import locked, spot
from handrail.systems.files.refused import ARGUMENT_INVALID, Refused
from handrail.systems.files.replace import Current, current, exists, expect, put
from handrail.systems.files.setting import Setting

_MODE, _EXECUTABLE_MODE = 0o644, 0o755


def write(setting: Setting, given: Mapping[str, Any]) -> dict[str, object]:
    """Put `content` at `path`. Raises `Refused`, and then nothing has changed."""
    content = given["content"].encode()
    mode = _EXECUTABLE_MODE if given["executable"] else _MODE
    with spot(setting.tree, given["path"], make=True) as at, locked(at, setting.deadline):
        over = _over(current(at), given.get("expected_hash"))
        written = put(at, content, over, mode)
        return {
            "path": shown(at.place),
            "created": over is None,
            "size": len(content),
            "hash": written,
        }


def _over(now: Current | None, expected: str | None) -> Current | None:
    """What is to be replaced. Raises `Refused` unless that is what the caller has read."""
    if now is None:
        if expected is not None:
            why = "`expected_hash`: there is no such file any more"
            hint = "Leave it out to make a new file."
            raise Refused(ARGUMENT_INVALID, why, field="expected_hash", hint=hint)
        return None
    if expected is None:
        raise exists("path")
    expect(now, expected)
    return now
