"""E14x: what the operating system must enforce."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.diagnostic import Finding
from handrail.spec.server import ServerSpec


def judge_confinement(spec: ServerSpec) -> Iterator[Finding]:
    """Judge the pinned tier by the weakest one allowed."""
    use, require = spec.confinement.use, spec.confinement.require
    if use is not None and not use.at_least(require):
        message = f'confinement.use: "{use}" is weaker than what the file requires, "{require}"'
        hint = f'Pin a stronger tier, or say require = "{use}".'
        yield Finding(("confinement", "use"), "E141", message, hint)
