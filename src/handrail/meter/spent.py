"""What may be used once, and was."""

from __future__ import annotations

from handrail.errors import Busy

_MOST = 10_000


class Spent:
    """Remembers what was used until it could not be used any more anyway. Times are seconds.

    It never forgets early to make room, for then something could be used twice.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._until: dict[str, float] = {}

    def spend(self, name: str, *, now: float, until: float) -> bool:
        """Use `name`, which is good `until` then; whether it had not been used before.

        Raises `Busy` when there is no room to remember it.
        """
        for old in [old for old, end in self._until.items() if end <= now]:
            del self._until[old]
        if name in self._until:
            return False
        if len(self._until) >= self._most:
            soonest = min(self._until.values()) - now
            raise Busy(
                "too many questions were answered lately",
                hint="Try again later.",
                retry_after_seconds=soonest,
            )
        self._until[name] = until
        return True
