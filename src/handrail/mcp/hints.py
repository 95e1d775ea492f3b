"""What a tool's declaration promises about its effects, in the protocol's words."""

from __future__ import annotations

from handrail.spec.files import Operation
from handrail.spec.tool import Effect, FilesSpec, ToolSpec

_REPLACES = (Operation.WRITE, Operation.EDIT)
"""What puts something in the place of what was there."""


def hints(spec: ToolSpec) -> dict[str, bool]:
    """The tool's annotations, by their names in the protocol."""
    reads = spec.effect is Effect.READ
    return {
        "readOnlyHint": reads,
        "destructiveHint": spec.effect is Effect.DESTRUCTIVE or _replaces(spec),
        "idempotentHint": reads or spec.idempotent,
        "openWorldHint": spec.network,
    }


def _replaces(spec: ToolSpec) -> bool:
    return isinstance(spec, FilesSpec) and spec.files in _REPLACES
