"""All answers at a glance, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.scaffold.settled import Settled

_CHANGES = {
    "nothing": "nothing: tools only read",
    "files": "files of the workspace",
    "anything": "anything in the workspace",
}
_STATES = {"none": "nothing", "disk": "budgets and audit, on disk", "redis": "budgets in Redis"}
_CALLERS = {"keys": "have keys", "jwt": "have tokens", "other": "sign in", "none": "prove nothing"}


def rows(settled: Settled) -> list[tuple[str, str]]:
    """What was decided: a word for it, and the decision."""
    return [(what, words) for what, words in _rows(settled) if words]


def _rows(settled: Settled) -> Iterator[tuple[str, str]]:
    yield "server", settled.name
    yield "packs", ", ".join(settled.use)
    yield "commands", ", ".join(draft.name for draft in settled.drafts)
    yield "may change", _CHANGES[settled.changes]
    yield "keeps", _STATES[settled.state]
    yield "runs on", settled.runs
    yield "workspace", settled.root
    yield "variables", ", ".join(one.partition("=")[0] for one in settled.environment)
    yield "confined by", settled.require
    yield "denied", "; ".join(settled.deny)
    yield "hosts", ", ".join(settled.hosts)
    yield "secrets", ", ".join(one.partition("=")[0] for one in settled.credentials)
    if settled.runs != "stdio":
        yield "callers", _CALLERS[settled.auth]
    limits = settled.limits
    spans = (limits[key] for key in ("timeout", "memory", "output"))
    yield "limits", f"{', '.join(spans)}; {limits['concurrency']} at once"
    yield "log", settled.logging
