"""The outcome of work on files becomes an answer: a structure, and what a model reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from handrail.mcp.files.tell import TELL
from handrail.mcp.prose import describe
from handrail.process.outcome import Outcome
from handrail.spec.tool import FilesSpec

_DATA = "data"
"""Of a binary file, in base64: for a content block, and no part of the structure."""


@dataclass(frozen=True, slots=True)
class FilesAnswer:
    """What the caller gets. `arguments` are those of the call, to say the next one by."""

    call_id: str
    tool: FilesSpec
    outcome: Outcome
    arguments: Mapping[str, object]

    @property
    def ok(self) -> bool:
        """Whether the work was done."""
        return self.outcome.value is not None

    @property
    def value(self) -> Mapping[str, Any]:
        """What the work said; nothing when it was stopped."""
        return self.outcome.value or {}

    @property
    def data(self) -> str | None:
        """The content of a binary file, in base64."""
        return self.value.get(_DATA)

    @property
    def next(self) -> dict[str, object] | None:
        """The call that goes on where this one stopped."""
        changes = self.value.get("next")
        if changes is None:
            return None
        dropped = {name for name, value in changes.items() if value is None}
        given = {**self.arguments, **changes}
        arguments = {name: value for name, value in given.items() if name not in dropped}
        return {"tool": self.tool.name, "arguments": arguments}

    def structure(self) -> dict[str, object]:
        """The `structuredContent`."""
        shown = {name: value for name, value in self.value.items() if name != _DATA}
        more = {} if self.next is None else {"next": self.next}
        ending = self.outcome.ending
        confinement = self.outcome.confinement
        return {
            "call_id": self.call_id,
            "ok": self.ok,
            "ending": {"kind": ending.kind, **asdict(ending)},
            **shown,
            **more,
            "seconds": round(self.outcome.seconds, 4),
            "confinement": {"tier": confinement.tier.value, "network": confinement.network},
        }

    def text(self) -> str:
        """What a model reads; complete by itself."""
        if not self.ok:
            words = f"{self.tool.name} {describe(self.outcome.ending)}."
            return f"{words} Next: ask for less in one call; the limit is the server owner's."
        parts = [TELL[self.tool.files](self.value), _call(self.next)]
        return "\n\n".join(filter(None, parts))


def _call(following: Mapping[str, Any] | None) -> str:
    if following is None:
        return ""
    given = (f"{name}={_written(value)}" for name, value in following["arguments"].items())
    return f"There is more. Next: {following['tool']}({', '.join(given)})"


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
