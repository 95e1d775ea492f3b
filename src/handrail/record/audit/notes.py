"""What an audit itself says is not in it: no tampering, and yet to be known."""

from __future__ import annotations

from typing import Any


class Notes:
    """Hears the lines that are ours, in their order."""

    def __init__(self) -> None:
        self._told: list[str] = []
        self._running: dict[str, str] = {}

    def hear(self, where: str, facts: dict[str, Any]) -> None:
        """Take the facts of one line."""
        kind, call_id = facts["kind"], facts.get("call_id", "")
        if kind == "begin":
            self._running[call_id] = f"no end: {where}: {_call(facts)}: it runs, or was lost"
        else:
            self._running.pop(call_id, None)
        if kind == "lost":
            self._told.append(f"lost: {where}: {_call(facts)}, with its server")
        elif kind == "gap" and facts["reason"] == "cut":
            self._told.append(f"cut: {where}: {facts['bytes']} bytes of a line never written whole")
        elif kind == "gap" and facts["reason"] == "unwritten":
            self._told.append(f"unwritten: {where}: {facts['records']} records, for want of room")

    def told(self) -> list[str]:
        """Each in one line; what is not over comes last."""
        return [*self._told, *self._running.values()]


def _call(facts: dict[str, Any]) -> str:
    return f"call {facts['call_id']}, {facts['tool']} by {facts['caller']}"
