"""Callers whose tokens the issuer is asked about (RFC 7662)."""

from __future__ import annotations

import math

import structlog
from fastmcp.server.auth import AccessToken
from fastmcp.server.auth.providers.introspection import IntrospectionTokenVerifier

from handrail.mcp.auth.claims import caller_in
from handrail.mcp.auth.issuer import IssuerClient
from handrail.mcp.caller import access_token
from handrail.spec.auth import IntrospectionTable

_log = structlog.stdlib.get_logger("handrail.auth")


class IntrospectionVerifier(IntrospectionTokenVerifier):
    """Asks one issuer about every token, and believes it for as long as the file says."""

    def __init__(self, table: IntrospectionTable, client: IssuerClient, secret: str) -> None:
        audience = table.audience
        super().__init__(
            introspection_url=table.url,
            client_id=table.client_id,
            client_secret=secret,
            audience=list(audience) if isinstance(audience, tuple) else audience,
            cache_ttl_seconds=None if table.remember is None else math.ceil(table.remember),
            http_client=client,
        )
        self._table = table

    async def verify_token(self, token: str) -> AccessToken | None:
        """Who has this token; None for nobody."""
        found = await super().verify_token(token)
        if found is None or found.claims.get("active") is not True:
            return None
        try:
            who = caller_in(found.claims, self._table, "token")
        except ValueError as wrong:
            _log.info("refused", by="introspection", why=str(wrong))
            return None
        return access_token(who, expires_at=found.expires_at)
