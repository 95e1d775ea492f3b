"""What the work on files said, as the server takes it: a value, or a refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handrail.errors import (
    ArgumentError,
    Busy,
    CallError,
    Denied,
    NotFound,
    PathOutsideWorkspace,
    StorageFull,
)
from handrail.process.outcome import Exited, Outcome

_ERRORS: Mapping[str, type[CallError]] = {
    error.code: error
    for error in (ArgumentError, PathOutsideWorkspace, Denied, NotFound, StorageFull, Busy)
}
_DONE, _REFUSED = 0, 1


def answered(outcome: Outcome) -> Outcome:
    """`outcome` with its `value` in place of its output, when the work came to its end.

    Raises the `CallError` that the work ended with.
    """
    if outcome.ending not in (Exited(_DONE), Exited(_REFUSED)):
        return outcome
    told: dict[str, Any] = json.loads(outcome.stdout.read(0, outcome.stdout.size))
    outcome.stdout.close()
    if "error" in told:
        error = told["error"]
        raise _ERRORS[error.pop("code")](error.pop("message"), **error)
    return replace(outcome, value=told)
