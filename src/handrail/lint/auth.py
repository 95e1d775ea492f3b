"""E8xx: how callers prove who they are."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import urlsplit

from handrail.diagnostic import Finding, Key, Severity
from handrail.spec.server import ServerSpec
from handrail.spec.suggest import closest

_STATE = ".handrail"


def judge_auth(spec: ServerSpec) -> Iterator[Finding]:
    """Judge every way that the file declares."""
    yield from _key_file(spec)
    yield from _signing_key(spec)
    yield from _proxies(spec)
    for at, name in _secrets(spec):
        if name not in spec.secrets:
            meant = closest(name, spec.secrets)
            hint = f'Did you mean "{meant}"?' if meant else "Declare it in [secrets]."
            message = f'{at[-1]} refers to secret "{name}", which is not declared'
            yield Finding(at, "E301", message, hint)
    for at, url in _urls(spec):
        if not _is_private(url):
            message = f"{url} is not https: whoever is on the way can let anybody in"
            # Where people sign in, the protocol itself forbids it.
            severity = Severity.ERROR if at[-1] == "base_url" else Severity.WARNING
            yield Finding(at, "E803", message, "Write https://.", severity)


def secrets_used(spec: ServerSpec) -> list[str]:
    """The secrets by which we prove to issuers who we are, and others to us."""
    return [name for _, name in _secrets(spec)]


def _key_file(spec: ServerSpec) -> Iterator[Finding]:
    if spec.auth.keys is None:
        return
    file, root = (PurePosixPath(normpath(one)) for one in (spec.auth.keys, spec.workspace.root))
    if file.is_absolute() != root.is_absolute() or file.is_relative_to(_STATE):
        return
    if file.is_relative_to(root) and ".." not in file.parts:
        message = "the key file is in the workspace, where tools could give themselves keys"
        hint = f'Write keys = "{_STATE}/keys.json".'
        yield Finding(("auth", "keys"), "E802", message, hint)


def _signing_key(spec: ServerSpec) -> Iterator[Finding]:
    jwt = spec.auth.jwt
    if jwt is not None and (jwt.jwks is None) == (jwt.public_key is None):
        message = "by which key tokens are signed: say jwks or public_key, and not both"
        at: tuple[Key, ...] = ("auth", "jwt")
        hint = f'For example jwks = "{jwt.issuer.rstrip("/")}/.well-known/jwks.json".'
        yield Finding(at if jwt.jwks is None else (*at, "public_key"), "E801", message, hint)


def _proxies(spec: ServerSpec) -> Iterator[Finding]:
    if spec.auth.proxy is not None and not spec.http.proxies:
        message = "nobody is believed who names callers: [http] says no proxies"
        hint = 'Say where the proxy is: proxies = ["127.0.0.1"] in [http].'
        yield Finding(("auth", "proxy"), "E804", message, hint)


def _secrets(spec: ServerSpec) -> Iterator[tuple[tuple[Key, ...], str]]:
    auth = spec.auth
    if auth.introspection is not None:
        at = ("auth", "introspection", "client_secret")
        yield at, auth.introspection.client_secret
    if auth.oidc is not None:
        yield ("auth", "oidc", "client_secret"), auth.oidc.client_secret
    if auth.proxy is not None and auth.proxy.secret is not None:
        yield ("auth", "proxy", "secret"), auth.proxy.secret
    if spec.telemetry.token is not None:
        yield ("telemetry", "token"), spec.telemetry.token


def _urls(spec: ServerSpec) -> Iterator[tuple[tuple[Key, ...], str]]:
    auth = spec.auth
    if auth.jwt is not None and auth.jwt.jwks is not None:
        yield ("auth", "jwt", "jwks"), auth.jwt.jwks
    if auth.introspection is not None:
        yield ("auth", "introspection", "url"), auth.introspection.url
    if auth.oidc is not None:
        yield ("auth", "oidc", "config"), auth.oidc.config
        yield ("auth", "oidc", "base_url"), auth.oidc.base_url


def _is_private(url: str) -> bool:
    """Whether nobody is on the way: by encryption, or because there is none."""
    parts = urlsplit(url)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
