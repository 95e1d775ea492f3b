"""S406, S407, S409, S411, S415: what a tool may do, where that does not go together."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.diagnostic import Finding, Severity
from handrail.lint.execution import CALLER, UNKNOWN, runs_workspace_code
from handrail.lint.review import Review, writes_anywhere
from handrail.spec.server import Tier
from handrail.spec.tool import Effect, FreeSpec, SecretRef, ToolSpec

LONGEST_SECONDS = 600.0
"""Longer than that, no client waits; tasks are for such work."""


def judge_exposure(review: Review) -> Iterator[Finding]:
    """Judge what each tool may do, taken together."""
    if review.spec.limits.timeout > LONGEST_SECONDS:
        yield _too_long(("limits", "timeout"))
    for command in review.commands:
        code = runs_workspace_code(command)
        if code and writes_anywhere(command.tool, review.spec):
            message = f'"{command.tool.program}" may rewrite the code that it runs ({code})'
            hint = 'Name what it must write: writable = ["build"], or [] for nothing.'
            at = (*command.at, "effect" if command.tool.writable is None else "writable")
            yield Finding(at, "S406", message, hint, Severity.WARNING)
    for index, tool in enumerate(review.spec.tools):
        yield from _of_tool(index, tool, review)


def _too_long(at: tuple[str | int, ...]) -> Finding:
    message = "a call may take more than ten minutes, in which it holds its place"
    return Finding(at, "S409", message, "Few clients wait so long.", Severity.WARNING)


def _of_tool(index: int, tool: ToolSpec, review: Review) -> Iterator[Finding]:
    at = ("tool", index)
    if tool.timeout is not None and tool.timeout > LONGEST_SECONDS:
        yield _too_long((*at, "timeout"))
    secret = next((name for name, one in tool.env.items() if isinstance(one, SecretRef)), None)
    if tool.network and secret is not None and _is_steered(index, tool, review):
        message = f"callers decide what runs with a secret (env.{secret}) and the network"
        hint = "Give the secret to a tool whose params have choices or patterns."
        yield Finding((*at, "network"), "S407", message, hint, Severity.WARNING)
    if tool.effect is Effect.DESTRUCTIVE and tool.approval == "never":
        message = f'tool "{tool.name}" destroys, and nobody is asked'
        yield Finding((*at, "approval"), "S411", message, "Leave approval out.")
    if isinstance(tool, FreeSpec) and not review.spec.confinement.require.at_least(Tier.LANDLOCK):
        for number, risk in enumerate(tool.acknowledge):
            if risk in (CALLER, UNKNOWN):
                message = f'"{risk}" where nothing confines what runs'
                hint = 'Say require = "landlock" in [confinement].'
                yield Finding((*at, "acknowledge", number), "S415", message, hint)


def _is_steered(index: int, tool: ToolSpec, review: Review) -> bool:
    """Whether a caller could send the secret somewhere: by code, or by any text."""
    if isinstance(tool, FreeSpec) or tool.acknowledge:
        return True
    command = next(one for one in review.commands if one.index == index)
    return any(command.is_any_text(name) for word in command.words for name in word.names)
