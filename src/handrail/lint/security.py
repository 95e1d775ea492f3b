"""Every security rule over a spec (docs/security-lint.md). What they find stops no server."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from handrail.diagnostic import Finding
from handrail.lint.execution import judge_execution
from handrail.lint.exposure import judge_exposure
from handrail.lint.neutralisers import judge_neutralisers
from handrail.lint.review import Review
from handrail.lint.silence import silence
from handrail.lint.values import judge_values
from handrail.lint.wording import judge_wording
from handrail.spec.server import ServerSpec

_RULES: tuple[Callable[[Review], Iterable[Finding]], ...] = (
    judge_neutralisers,
    judge_execution,
    judge_values,
    judge_exposure,
    judge_wording,
)


def security(spec: ServerSpec, folder: Path, further: Iterable[Finding] = ()) -> list[Finding]:
    """What is dangerous in `spec`, and what its author says of that.

    `folder` is the server file's; `further` are findings about the machine, to be silenced alike.
    """
    review = Review.of(spec, folder)
    found = (finding for rule in _RULES for finding in rule(review))
    return list(silence(spec, [*found, *further]))
