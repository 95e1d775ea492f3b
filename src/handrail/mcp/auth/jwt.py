"""Callers who have a token that an issuer has signed (JWT, RFC 7519 and 8725)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

import structlog
from fastmcp.server.auth import AccessToken
from fastmcp.server.auth.providers.jwt import JWTVerifier
from joserfc import jwk, jwt
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from handrail.mcp.auth.claims import caller_in
from handrail.mcp.auth.issuer import IssuerClient
from handrail.mcp.caller import access_token
from handrail.spec.auth import Algorithm, JwtTable

_ASK_SECONDS = 5.0
"""The issuer is asked for its keys no more often, whatever keys tokens name."""
_KEEP_SECONDS = 300
"""A key that the issuer has withdrawn is good for no longer."""
Kind = Literal["RSA", "EC", "OKP"]
_KINDS: Mapping[str, Kind] = {
    "RS": "RSA",
    "PS": "RSA",
    "ES": "EC",
    "Ed": "OKP",
}
_WRONG = (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)
"""What a token can be wrong by: it is any text that somebody sends."""
_log = structlog.stdlib.get_logger("handrail.auth")


class JwtVerifier(JWTVerifier):
    """Knows the tokens of one issuer. FastMCP's verifier finds the keys; the rest is here.

    That takes tokens which never expire or are not valid yet, and has no leeway.
    """

    def __init__(
        self, table: JwtTable, client: IssuerClient, pem: str | None = None, source: str = "jwt"
    ) -> None:
        super().__init__(
            public_key=pem,
            jwks_uri=table.jwks,
            algorithm=table.algorithm,
            http_client=client,
            jwks_refresh_interval=_ASK_SECONDS,
        )
        self._cache_ttl = _KEEP_SECONDS
        self._table = table
        self._source = source
        self._claims = jwt.JWTClaimsRegistry(
            leeway=math.ceil(table.leeway),
            iss={"essential": True, "value": table.issuer},
            aud={"essential": True, "values": _several(table.audience)},
            exp={"essential": True},
        )

    async def load_access_token(self, token: str) -> AccessToken | None:
        """Who has this token; None for nobody."""
        try:
            claims = await self._signed(token)
        except _WRONG as wrong:
            _log.debug("refused", by=self._source, why=type(wrong).__name__)
            return None
        try:
            return self._judged(claims)
        except _WRONG as wrong:
            # The issuer has signed it, so this is for the owner: no stranger can fill the log.
            _log.info("refused", by=self._source, why=str(wrong))
            return None

    async def _signed(self, token: str) -> dict[str, Any]:
        """What the issuer has signed, in the one way that is accepted."""
        pem = await self._get_verification_key(token)
        algorithm = self._table.algorithm
        return jwt.decode(
            token,
            jwk.import_key(pem, kind_of(algorithm)),
            algorithms=[algorithm],
            # Issuers may put more into the header; what is critical there must be known.
            registry=JWSRegistry(algorithms=[algorithm], strict_check_header=False),
        ).claims

    def _judged(self, claims: dict[str, Any]) -> AccessToken:
        self._claims.validate(claims)
        who = caller_in(claims, self._table, self._source)
        return access_token(who, expires_at=math.ceil(claims["exp"] + self._table.leeway))


def kind_of(algorithm: Algorithm) -> Kind:
    """The kind of key that an algorithm signs with (RFC 7518, 6.1)."""
    return _KINDS[algorithm[:2]]


def _several(one: str | tuple[str, ...]) -> list[str]:
    return [one] if isinstance(one, str) else list(one)
