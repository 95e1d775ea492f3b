"""From the `[auth]` of a server file to what verifies tokens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastmcp.server.auth import AuthProvider, TokenVerifier
from joserfc import jwk
from joserfc.errors import JoseError
from starlette.types import ASGIApp

from handrail.errors import UsageError
from handrail.mcp.auth.introspection import IntrospectionVerifier
from handrail.mcp.auth.issuer import IssuerClient
from handrail.mcp.auth.jwt import JwtVerifier, kind_of
from handrail.mcp.auth.key_file import read_keys
from handrail.mcp.auth.keys import KeyVerifier
from handrail.mcp.auth.proxy import ProxyVerifier, SignedInElsewhere
from handrail.mcp.auth.sources import Sources
from handrail.plan.host import Host
from handrail.spec.auth import AuthTable, JwtTable
from handrail.spec.server import ServerSpec


@asynccontextmanager
async def open_auth(table: AuthTable, host: Host) -> AsyncIterator[Sources]:
    """What verifies tokens, while a server runs.

    Raises `UsageError` when a file that it names is of no use, or an OpenID provider is away.
    """
    async with IssuerClient() as client:
        yield Sources(_verifiers(table, host, client), _sign_in(table, host, client))


def signed_in_elsewhere(spec: ServerSpec, host: Host) -> Callable[[ASGIApp], ASGIApp] | None:
    """What hears of callers whom a proxy signed in; None when none is to be heard."""
    table = spec.auth.proxy
    if table is None:
        return None
    secret = None if table.secret is None else host.secrets[table.secret]
    return partial(SignedInElsewhere, table=table, networks=tuple(spec.http.proxies), secret=secret)


def _sign_in(table: AuthTable, host: Host, client: IssuerClient) -> AuthProvider | None:
    if table.oidc is None:
        return None
    # It brings a web site, which takes long to import.
    from handrail.mcp.auth.oidc import sign_in

    return sign_in(table.oidc, host, client)


def _verifiers(table: AuthTable, host: Host, client: IssuerClient) -> dict[str, TokenVerifier]:
    found: dict[str, TokenVerifier] = {}
    if table.keys is not None:
        keys = _out_of_reach(host.file.parent / table.keys, host)
        read_keys(keys)  # so that a file of no use is told now, and not to the first caller
        found["keys"] = KeyVerifier(keys)
    if table.jwt is not None:
        found["jwt"] = JwtVerifier(table.jwt, client, _public_key(table.jwt, host))
    if table.introspection is not None:
        secret = host.secrets[table.introspection.client_secret]
        found["introspection"] = IntrospectionVerifier(table.introspection, client, secret)
    if table.proxy is not None:
        found["proxy"] = ProxyVerifier()
    return found


def _out_of_reach(path: Path, host: Host) -> Path:
    """The file, where no tool could give itself a key."""
    real = path.resolve()
    if real.is_relative_to(host.workspace) and not real.is_relative_to(host.state.resolve()):
        raise UsageError(
            f"{path}: a key file in the workspace is open to tools",
            hint='Write keys = ".handrail/keys.json" in [auth], and move it there.',
        )
    return path


def _public_key(table: JwtTable, host: Host) -> str | None:
    if table.public_key is None:
        return None
    path = host.file.parent / table.public_key
    try:
        pem = path.read_text("ascii")
        jwk.import_key(pem, kind_of(table.algorithm))
    except (OSError, ValueError, JoseError):
        raise UsageError(
            f"{path}: no public key for {table.algorithm}",
            hint="Name a PEM file that begins with -----BEGIN PUBLIC KEY-----.",
        ) from None
    return pem
