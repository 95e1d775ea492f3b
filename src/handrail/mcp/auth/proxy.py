"""Callers whom a proxy has signed in, and names in a header.

Such a header is worth what its sender is worth. It is heard from the addresses in `[http]
proxies`, as the connection has them, before anything that a header says of them is believed;
from elsewhere, it is an attempt. What is heard becomes a token that only this process can make,
so that from there on these callers are like all others.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from fastmcp.server.auth import AccessToken, TokenVerifier
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from handrail.mcp.caller import access_token
from handrail.policy.caller import Caller
from handrail.spec.auth import ProxyTable

WORD = f"hrp_{secrets.token_urlsafe()}_"
"""What the tokens begin with that this process makes of a proxy's word; they never leave it."""
_SECRET = "X-Proxy-Secret"  # noqa: S105  # the name of a header
_LONGEST_NAME, _MOST_ROLES = 128, 64
_log = structlog.stdlib.get_logger("handrail.auth")


class ProxyVerifier(TokenVerifier):
    """Knows the tokens that were made of a proxy's word."""

    async def verify_token(self, token: str) -> AccessToken | None:
        """Whom the proxy named; None for nobody."""
        if not secrets.compare_digest(token[: len(WORD)].encode(), WORD.encode()):
            return None
        name, roles = json.loads(base64.urlsafe_b64decode(token[len(WORD) :]))
        return access_token(Caller(f"proxy:{name}", frozenset(roles)))


class ForgedError(Exception):
    """A header names a caller, and is not to be believed; says why."""


@dataclass(frozen=True, slots=True)
class SignedInElsewhere:
    """Hears whom a proxy names, and lets nobody else name anybody.

    `networks` are those of the proxies, `secret` what they prove themselves by, if anything.
    """

    app: ASGIApp
    table: ProxyTable
    networks: Sequence[str]
    secret: str | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hear it, and go on; or refuse the request."""
        if scope["type"] == "http":
            try:
                self._hear(scope)
            except ForgedError as forged:
                _log.warning("refused", peer=_peer(scope), why=str(forged))
                refusal = JSONResponse({"error": "invalid_token"}, status_code=401)
                await refusal(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _hear(self, scope: Scope) -> None:
        """Give the request the token of whom the proxy names, in place of any of its own."""
        named = Headers(scope=scope).getlist(self.table.header)
        if not any(named):
            return  # who is not named may have a token
        if not self._is_proxy(_peer(scope)):
            raise ForgedError("it names a caller, and does not come from one of the proxies")
        if self.secret is not None and not _shows(scope, self.secret):
            raise ForgedError("the proxy does not prove itself")
        word = json.dumps([_name(named), self._roles(scope)])
        token = WORD + base64.urlsafe_b64encode(word.encode()).decode()
        scope["headers"] = list(scope["headers"])
        MutableHeaders(scope=scope)["authorization"] = f"Bearer {token}"

    def _is_proxy(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        # Of a socket that takes both kinds, IPv4 looks like this (RFC 4291, 2.5.5.2).
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in ipaddress.ip_network(network) for network in self.networks)

    def _roles(self, scope: Scope) -> list[str]:
        if self.table.roles is None:
            return []
        said = Headers(scope=scope).getlist(self.table.roles)
        if len(said) > 1:
            raise ForgedError("it says twice which roles somebody has")
        roles = sorted({role.strip() for role in "".join(said).split(",") if role.strip()})
        if len(roles) > _MOST_ROLES:
            raise ForgedError(f"it has more than {_MOST_ROLES} roles")
        return [_readable(role) for role in roles]


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return "" if client is None else str(client[0])


def _shows(scope: Scope, secret: str) -> bool:
    shown = Headers(scope=scope).getlist(_SECRET)
    return len(shown) == 1 and secrets.compare_digest(shown[0].encode(), secret.encode())


def _name(named: list[str]) -> str:
    if len(named) != 1:
        raise ForgedError("it names several callers")
    return _readable(named[0])


def _readable(text: str) -> str:
    """A header's text as it was meant (UTF-8), when a line of a log can bear it."""
    try:
        meant = text.encode("latin-1").decode()
    except ValueError:
        raise ForgedError("a name is no text") from None
    if not 0 < len(meant) <= _LONGEST_NAME or not meant.isprintable() or meant != meant.strip():
        raise ForgedError("a name is no name")
    return meant
