"""A refusal, or a fault of ours, as the published structure."""

from __future__ import annotations

from handrail.errors import CallError


def structure(error: CallError, call_id: str) -> dict[str, object]:
    """`{error: {code, message, hint?, field?, allowed?, retry_after_seconds?, call_id}}`."""
    optional = {
        "hint": error.hint,
        "field": error.field,
        "allowed": error.allowed,
        "retry_after_seconds": error.retry_after_seconds,
    }
    return {
        "error": {
            "code": error.code,
            "message": error.message,
            **{name: value for name, value in optional.items() if value is not None},
            "call_id": call_id,
        }
    }
