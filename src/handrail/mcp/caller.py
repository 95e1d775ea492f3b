"""Who sent the request that is being served."""

from __future__ import annotations

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
    return local_caller(line.spec.access) if token is None else token.claims[CLAIM]
