"""Which requests on stdio still wait for their answer."""

from __future__ import annotations

import json
import re
import threading

from pydantic_core import from_json

_RESPONSE = re.compile(rb'\{"jsonrpc":"2\.0","id":("(?:[^"\\]|\\.)*"|-?\d+),"(?:result|error)":')
# A subscription is answered when the client goes, if ever.
_NEVER_ANSWERED = frozenset({"subscriptions/listen"})


class Conversation:
    """Hears both sides. Its methods may be called in any thread."""

    def __init__(self) -> None:
        self._waiting: set[str | int] = set()
        self._changed = threading.Condition()

    def hear(self, line: bytes) -> None:
        """Take a line of the client's."""
        try:
            message = from_json(line)
        except ValueError:
            return
        if not isinstance(message, dict) or message.get("method") in _NEVER_ANSWERED:
            return
        if message.get("method") == "notifications/cancelled":
            self._settle(message.get("params", {}).get("requestId"))
        elif "method" in message and isinstance(message.get("id"), str | int):
            self._waiting.add(message["id"])

    def say(self, line: bytes) -> None:
        """Take a line of the server's, when it is sent."""
        found = _RESPONSE.match(line)
        if found is not None:
            self._settle(json.loads(found[1]))

    def _settle(self, number: str | int) -> None:
        with self._changed:
            self._waiting.discard(number)
            self._changed.notify_all()

    def wait_for_answers(self, seconds: float) -> bool:
        """Block until every request is answered; whether that came in time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting, seconds)
