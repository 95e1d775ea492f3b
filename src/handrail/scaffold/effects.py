"""What an example command does to the world, by its profile."""

from __future__ import annotations

from handrail.profiles.reading import Reading, Use
from handrail.profiles.role import Role
from handrail.spec.tool import Effect

_WRITING = {Role.WRITE, Role.WRITES, Role.LOCAL_WRITE, Role.SENDS}
_DESTROYING = {Role.DESTROY, Role.DESTROYS, Role.REFUSED}
"""What a profile refuses to callers is worse than it can say."""
_REACHING = {Role.URL, Role.NETWORK}
_METHODS = {"-X", "--request"}
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def effect_of(reading: Reading | None) -> Effect:
    """The worst that it does; reading where nothing is known, as that is enforced."""
    found = {_effect(use) for use in reading.uses} if reading is not None else set()
    return next((one for one in (Effect.DESTRUCTIVE, Effect.WRITE) if one in found), Effect.READ)


def reaches_out(reading: Reading | None) -> bool:
    """Whether it needs the network."""
    return reading is not None and any(use.role in _REACHING for use in reading.uses)


def decides(option: str) -> bool:
    """Whether an option says what is done, so that its value is for the author to choose."""
    return option in _METHODS


def _effect(use: Use) -> Effect:
    if use.role is Role.EFFECT:
        return Effect(use.value or Effect.READ)
    if use.role in _DESTROYING or (use.name in _METHODS and use.value == "DELETE"):
        return Effect.DESTRUCTIVE
    is_sent = use.name in _METHODS and use.value not in _SAFE_METHODS
    return Effect.WRITE if is_sent or use.role in _WRITING else Effect.READ
