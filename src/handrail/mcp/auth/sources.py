"""All the ways that a server file declares, as one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

import structlog
from fastmcp.server.auth import AccessToken, AuthProvider, MultiAuth, TokenVerifier

from handrail.mcp.auth.key import PREFIX
from handrail.mcp.auth.keys import KeyVerifier
from handrail.mcp.auth.proxy import WORD, ProxyVerifier
from handrail.mcp.caller import CLAIM

_OURS: Mapping[str, type[TokenVerifier]] = {PREFIX: KeyVerifier, WORD: ProxyVerifier}
_LONGEST_TOKEN = 16_384
_PATIENCE_SECONDS = 10.0
_log = structlog.stdlib.get_logger("handrail.auth")


class Sources(MultiAuth):
    """Takes a token when one way does. `server` also has routes for people to sign in."""

    def __init__(self, verifiers: Mapping[str, TokenVerifier], server: AuthProvider | None) -> None:
        super().__init__(
            server=server,
            server_source_id=None if server is None else "oidc",
            verifiers=verifiers,
            # Roles say what callers may use. Scopes of one way would bar those of the others.
            required_scopes=[],
        )

    async def verify_token(self, token: str) -> AccessToken | None:
        """Who has this token; None for nobody, and whenever it cannot be found out."""
        if len(token) > _LONGEST_TOKEN or not (token.isascii() and token.isprintable()):
            return None
        for source in self._asked(token):
            found = await _ask(source, token)
            if found is not None and CLAIM in found.claims:
                return found
        return None

    def _asked(self, token: str) -> Iterator[AuthProvider]:
        """Whoever may know it: nobody else is shown one that we made."""
        ours = next((kind for prefix, kind in _OURS.items() if token.startswith(prefix)), None)
        if self.server is not None and ours is None:
            yield self.server
        for each in self.verifiers:
            if isinstance(each, ours) if ours else not isinstance(each, tuple(_OURS.values())):
                yield each


async def _ask(source: AuthProvider, token: str) -> AccessToken | None:
    name = type(source).__name__
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await source.verify_token(token)
    except TimeoutError:
        _log.error("a token could not be verified in time, and is refused", by=name)
    except Exception:  # noqa: BLE001  # whatever goes wrong, nobody gets in
        _log.exception("a token could not be verified, and is refused", by=name)
    return None
