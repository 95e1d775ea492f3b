"""Every exception that Handrail raises on purpose.

HandrailError
├── SpecError               the server file is wrong                   command line: exit 2
├── UsageError              the command line is wrong                  command line: exit 2
└── CallError               one call could not be done                 isError, with `code`
    ├── ArgumentError       the arguments do not fit                   argument_invalid
    ├── PathOutsideWorkspace                                           path_outside_workspace
    ├── Denied              the policy says no                         denied
    ├── ApprovalRequired    a person must approve, and has not yet     approval_required
    ├── ApprovalDeclined    a person was asked, and did not say yes    approval_declined
    ├── RateLimited         called too often                           rate_limited
    ├── QuotaExhausted      a budget is used up                        quota_exhausted
    ├── Busy                no place became free in time               busy
    ├── ConfinementUnavailable  the required tier cannot be had        confinement_unavailable
    ├── SpawnFailed         the program could not be started           spawn_failed
    ├── NotFound            no such call or output                     not_found
    ├── StorageFull         no room for what must be kept              storage_full
    ├── Draining            the server is going down                   draining
    └── Internal            a fault of ours; the log has the rest      internal

A command that fails is a result, not an exception: see `process/outcome.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from handrail.diagnostic import Diagnostic


class HandrailError(Exception):
    """The root: `message` says what is wrong, `hint` what to do about it."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class SpecError(HandrailError):
    """The server file cannot be served; `diagnostics` has every reason, in file order."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(diagnostics[0].message if diagnostics else "the server file is wrong")
        self.diagnostics = tuple(diagnostics)


class UsageError(HandrailError):
    """The command line asks for something that cannot be done."""


class CallError(HandrailError):
    """One call could not be done. `code` is published and stable (design §5)."""

    code: ClassVar[str]

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        field: str | None = None,
        allowed: object = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.field = field
        self.allowed = allowed
        self.retry_after_seconds = retry_after_seconds


class ArgumentError(CallError):
    """An argument is missing, unknown, of the wrong type or out of bounds."""

    code = "argument_invalid"


class PathOutsideWorkspace(CallError):
    """A path argument leads out of the workspace, by `..`, a link or an absolute form."""

    code = "path_outside_workspace"


class Denied(CallError):
    """The policy refuses this plan."""

    code = "denied"


class ApprovalRequired(CallError):
    """The policy wants a person's word, and there is none for this plan."""

    code = "approval_required"


class ApprovalDeclined(CallError):
    """A person was asked, and did not say yes."""

    code = "approval_declined"


class RateLimited(CallError):
    """It was called too often lately."""

    code = "rate_limited"


class QuotaExhausted(CallError):
    """A budget is used up until its next window begins."""

    code = "quota_exhausted"


class Busy(CallError):
    """Every place is taken, and none became free in time."""

    code = "busy"


class ConfinementUnavailable(CallError):
    """The file requires a stronger tier than can be had here."""

    code = "confinement_unavailable"


class SpawnFailed(CallError):
    """The program could not be started."""

    code = "spawn_failed"


class NotFound(CallError):
    """There is no such call, or its output is no longer kept."""

    code = "not_found"


class StorageFull(CallError):
    """The disk has no room for what a call must keep."""

    code = "storage_full"


class Draining(CallError):
    """The server is shutting down and takes no new calls."""

    code = "draining"


class Internal(CallError):
    """A fault of ours. The caller sees only the call's id; the log has the rest."""

    code = "internal"
