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
    Internal,
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
_LAST_WORDS_BYTES = 4096


def answered(outcome: Outcome) -> Outcome:
    """`outcome` with its `value` in place of its output, when the work came to its end.

    Raises the `CallError` that the work ended with, and `Internal` when it did not come so far.
    """
    if not isinstance(outcome.ending, Exited):
        return outcome
    if outcome.ending.code not in (_DONE, _REFUSED):
        raise _fault(outcome)
    told: dict[str, Any] = json.loads(outcome.stdout.read(0, outcome.stdout.size))
    outcome.stdout.close()
    if "error" in told:
        error = told["error"]
        raise _ERRORS[error.pop("code")](error.pop("message"), **error)
    return replace(outcome, value=told)


def _fault(outcome: Outcome) -> Internal:
    """A fault of the work's own, with what it said for the log."""
    fault = Internal("work on files failed; the server's log has the rest")
    said = outcome.stderr.read(max(0, outcome.stderr.size - _LAST_WORDS_BYTES), _LAST_WORDS_BYTES)
    fault.add_note(said.decode(errors="replace"))
    return fault
