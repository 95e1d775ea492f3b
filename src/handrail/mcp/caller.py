"""Who sent the request that is being served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastmcp.server.auth import AccessToken
from fastmcp.server.dependencies import get_access_token

from handrail.call import Line
from handrail.policy.access import local_caller
from handrail.policy.caller import Caller

CLAIM = "handrail"
"""Among a token's claims, what our verifiers found out about who has it."""


def caller(line: Line) -> Caller:
    """The one whose token came with the request; the local one where none is asked for.

    Also in background workers, which have the token of the request that began the task.
    """
    token = get_access_token()
    return local_caller(line.spec.access) if token is None else _caller(token.claims[CLAIM])


def access_token(who: Caller, *, expires_at: int | None = None) -> AccessToken:
    """What the framework gets of a token that was verified: who has it, and no secret.

    It binds sessions and sealed states to the caller's name. `expires_at` is in seconds since
    the epoch.
    """
    claim = {
        "name": who.name,
        "roles": sorted(who.roles),
        "tools": None if who.tools is None else list(who.tools),
    }
    return AccessToken(
        token="",
        client_id=who.name,
        subject=who.name,
        scopes=[],
        expires_at=expires_at,
        claims={CLAIM: claim},
    )


def _caller(claim: Mapping[str, Any]) -> Caller:
    tools = claim["tools"]
    return Caller(claim["name"], frozenset(claim["roles"]), None if tools is None else tuple(tools))
