"""How callers prove who they are, over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from handrail.spec.element import Names
from handrail.spec.model import Table
from handrail.spec.names import Named, PathName
from handrail.spec.units import Seconds

Url = Annotated[
    str,
    Named(r"https?://[^\s/?#]+(/[^\s#]*)?", "not a URL: it begins with https:// or http://"),
]
ClaimPath = Annotated[
    str,
    Field(min_length=1, max_length=256),
]
"""Where something is among the claims of a token: names, with dots between them."""


def _named(audience: str | tuple[str, ...]) -> str | tuple[str, ...]:
    if "" in audience and not isinstance(audience, str):
        raise ValueError("an audience has a name")
    return audience


HeaderName = Annotated[str, Named(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}", "not the name of a header")]
Audience = Annotated[Names, AfterValidator(_named)]
"""Whom tokens are for: one name of this server at the issuer, or several."""
Algorithm = Literal[
    "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "Ed25519"
]


class TokenTable(Table):
    """What every kind of token has in common."""

    roles: ClaimPath = "roles"
    """Where the claims keep the caller's roles: `"realm_access.roles"`."""
    caller: ClaimPath = "sub"
    """The claim that names the caller."""


class JwtTable(TokenTable):
    """Signed tokens of an issuer (RFC 9068)."""

    issuer: str = Field(min_length=1)
    """What `iss` must be."""
    jwks: Url | None = None
    """Where the issuer publishes its keys; they may change there at any time."""
    public_key: PathName | None = None
    """Or the file with its one key (PEM)."""
    audience: Audience
    """What `aud` must be, or have among others: the name of this server at the issuer."""
    algorithm: Algorithm = "RS256"
    """How tokens are signed; no other way is accepted."""
    leeway: Seconds = 30.0
    """How far the issuer's clock may differ from ours."""


class IntrospectionTable(TokenTable):
    """Tokens that their issuer is asked about (RFC 7662)."""

    url: Url
    """Where to ask."""
    client_id: str = Field(min_length=1)
    """Who we are there."""
    client_secret: str
    """The entry of `[secrets]` that proves it."""
    audience: Audience | None = None
    """What `aud` must be, or have among others."""
    remember: Seconds | None = None
    """How long an answer holds; asked anew each time when unset."""


class OidcTable(TokenTable):
    """People who sign in with an OpenID provider, through this server."""

    config: Url
    """The provider's `/.well-known/openid-configuration`."""
    client_id: str = Field(min_length=1)
    """Who we are there."""
    client_secret: str
    """The entry of `[secrets]` that proves it."""
    base_url: Url
    """Where clients reach this server, without `/mcp`."""
    audience: str | None = None
    """What to ask tokens for."""


class ProxyTable(Table):
    """People whom a proxy signs in: it names them in a header."""

    header: HeaderName = "X-Forwarded-User"
    """Where it says who calls."""
    roles: HeaderName | None = None
    """Where it says which roles they have, with commas between: `"X-Forwarded-Groups"`."""
    secret: str | None = None
    """The entry of `[secrets]` that it proves itself by, in the header `X-Proxy-Secret`."""


class AuthTable(Table):
    """How callers prove who they are; any of these ways will do."""

    keys: PathName | None = None
    """The file with the API keys that `handrail key` makes."""
    jwt: JwtTable | None = None
    """Signed tokens of an issuer."""
    introspection: IntrospectionTable | None = None
    """Tokens that their issuer is asked about."""
    oidc: OidcTable | None = None
    """People who sign in with an OpenID provider."""

    proxy: ProxyTable | None = None
    """People whom a proxy signs in; it is one of `[http] proxies`."""

    @property
    def is_set(self) -> bool:
        """Whether there is any way."""
        return any((self.keys, self.jwt, self.introspection, self.oidc, self.proxy))
