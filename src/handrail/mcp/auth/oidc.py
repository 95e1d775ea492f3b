"""Callers who sign in with an OpenID provider, through this server."""

from __future__ import annotations

from typing import Any

import fastmcp
import httpx2
from fastmcp.server.auth.oidc_proxy import OIDCProxy

from handrail.errors import UsageError
from handrail.mcp.auth.issuer import IssuerClient
from handrail.mcp.auth.jwt import JwtVerifier
from handrail.plan.host import Host
from handrail.spec.auth import JwtTable, OidcTable


class OidcSignIn(OIDCProxy):
    """FastMCP's proxy, whose tokens stand for what the provider signed.

    That is the provider's access token when the file names an audience for it; otherwise the
    ID token, for access tokens may then be of any form (OpenID Connect Core 1.0, 2).
    """

    def __init__(self, table: OidcTable, client: IssuerClient, secret: str) -> None:
        self._table = table
        self._client = client
        super().__init__(
            config_url=table.config,
            client_id=table.client_id,
            client_secret=secret,
            base_url=table.base_url,
            audience=table.audience,
            verify_id_token=table.audience is None,
            required_scopes=["openid"],
        )

    def get_token_verifier(self, *, audience: str | None = None, **_: Any) -> JwtVerifier:
        """How the provider's tokens are verified: as strictly as every other."""
        table = JwtTable(
            issuer=str(self.oidc_config.issuer),
            jwks=str(self.oidc_config.jwks_uri),
            audience=audience or self._table.client_id,
            roles=self._table.roles,
            caller=self._table.caller,
        )
        return JwtVerifier(table, self._client, source="oidc")


def sign_in(table: OidcTable, host: Host, client: IssuerClient) -> OidcSignIn:
    """Asks the provider for its configuration. Raises `UsageError` when it does not answer."""
    # Who has signed in is kept there, encrypted; otherwise in a home that the server may lack.
    fastmcp.settings.home = host.state
    try:
        return OidcSignIn(table, client, host.secrets[table.client_secret])
    except (httpx2.HTTPError, ValueError) as error:
        raise UsageError(
            f"{table.config}: no OpenID configuration: {type(error).__name__}",
            hint="Correct auth.oidc.config, or start the server when the provider answers.",
        ) from None
