"""What a tool's declaration promises about its effects, in the protocol's words."""

from __future__ import annotations

from handrail.spec.tool import Effect, ToolSpec


def hints(spec: ToolSpec) -> dict[str, bool]:
    """The tool's annotations, by their names in the protocol."""
    reads = spec.effect is Effect.READ
    return {
        "readOnlyHint": reads,
        "destructiveHint": spec.effect is Effect.DESTRUCTIVE,
        "idempotentHint": reads or spec.idempotent,
        "openWorldHint": spec.network,
    }
