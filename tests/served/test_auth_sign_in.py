"""A person signs in with a real OpenID provider, and their client calls tools with what it got."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport
from oidc_provider_mock import User, run_server_in_thread  # type: ignore[import-untyped]  # as it is

from tests.served.answers import refusal, structure
from tests.served.issuing import MODES, status
from tests.served.raw import Mode
from tests.served.serving import call, free_port, http_process
from tests.served.site import Site

# Of the provider, which is somebody else's.
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")
_BASE = "http://localhost:1"
_CLIENT_AT = "http://localhost:1/callback"
_FILE = f"""
config_version = 1
[workspace]
root = "workspace"
[programs]
echo = {{}}
[secrets]
CLIENT = {{ env = "TEST_TOKEN" }}
[[tool]]
name = "say"
description = "Say something."
program = "echo"
[[tool]]
name = "other"
description = "Say something else."
program = "echo"
[access.roles.reader]
tools = ["say"]
[auth]
keys = ".handrail/keys.json"
[auth.oidc]
config = "${{PROVIDER}}/.well-known/openid-configuration"
client_id = "handrail"
client_secret = "CLIENT"
base_url = "{_BASE}"
"""


@dataclass(frozen=True)
class Place:
    """A server, and where people sign in."""

    site: Site
    url: str

    def here(self, url: str) -> str:
        """Where a public URL of the server leads, without the proxy that would be in between."""
        return url.replace(_BASE, self.url.removesuffix("/mcp"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The server, and the provider."""
    dave = User(sub="dave", claims={"roles": ["reader"]})
    with run_server_in_thread(user_claims=[dave]) as provider:
        text = _FILE.replace("${PROVIDER}", f"http://localhost:{provider.server_port}")
        site = Site.build(tmp_path_factory.mktemp("site"), text)
        with http_process(site) as (_, url):
            yield Place(site, url)


def _signed_in(place: Place, verifier: str) -> dict[str, list[str]]:
    """What the client is told when the person has agreed and signed in."""
    with httpx2.Client(headers={"Host": "localhost:1"}) as browser, httpx2.Client() as other:
        metadata = browser.get(place.here(f"{_BASE}/.well-known/oauth-authorization-server")).json()
        registration = {"redirect_uris": [_CLIENT_AT], "token_endpoint_auth_method": "none"}
        client = browser.post(place.here(metadata["registration_endpoint"]), json=registration)
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": client.json()["client_id"],
            "redirect_uri": _CLIENT_AT,
            "state": "mine",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        sent = browser.get(place.here(metadata["authorization_endpoint"]), params=asked)
        consent = place.here(sent.headers["Location"])
        page = browser.get(consent)
        form = dict(re.findall(r'name="(\w+)"\s+value="([^"]*)"', page.text))
        agreed = browser.post(
            consent.partition("?")[0], data={**form, "action": "approve"}, headers={"Origin": _BASE}
        )
        back = other.post(agreed.headers["Location"], data={"sub": "dave"})
        told = browser.get(place.here(back.headers["Location"]))
        query = parse_qs(urlsplit(told.headers["Location"]).query)
        return {**query, "client_id": [asked["client_id"]], "at": [metadata["token_endpoint"]]}


def _token(place: Place) -> str:
    verifier = secrets.token_urlsafe(48)
    told = _signed_in(place, verifier)
    exchanged = httpx2.post(
        place.here(told["at"][0]),
        data={
            "grant_type": "authorization_code",
            "code": told["code"][0],
            "redirect_uri": _CLIENT_AT,
            "client_id": told["client_id"][0],
            "code_verifier": verifier,
        },
    )
    assert told["state"] == ["mine"]
    token: str = exchanged.json()["access_token"]
    return token


async def test_who_signed_in_calls_with_the_roles_that_the_provider_tells(place: Place) -> None:
    token = _token(place)
    modes: list[Mode] = MODES
    for mode in modes:
        transport = StreamableHttpTransport(place.url, auth=token)
        async with Client(transport, mode=mode) as client:
            assert structure(await call(client, "say"))["ok"]
            assert refusal(await call(client, "other"))["code"] == "denied"
        head, payload, signature = token.split(".")
        assert status(place.url, f"{head}.{payload}.{signature[::-1]}", mode) == 401

    callers = {line["caller"] for line in place.site.records() if line["event"] == "call"}
    assert callers == {"oidc:dave"}
    kept = [one for one in place.site.state.rglob("*") if one.is_file()]
    assert kept
    assert not [one for one in kept if b"dave" in one.read_bytes()]


def test_clients_are_told_where_people_sign_in(place: Place) -> None:
    refused = httpx2.post(place.url, json={})
    found = re.search('resource_metadata="([^"]+)"', refused.headers["WWW-Authenticate"])
    assert found is not None
    metadata = httpx2.get(place.here(found[1])).json()

    assert metadata["resource"] == f"{_BASE}/mcp"
    assert [server.rstrip("/") for server in metadata["authorization_servers"]] == [_BASE]


def test_without_its_provider_a_server_does_not_start(tmp_path: Path) -> None:
    site = Site.build(tmp_path, _FILE.replace("${PROVIDER}", f"http://localhost:{free_port()}"))
    ended = subprocess.run(
        site.command("--http", f"127.0.0.1:{free_port()}"),
        env=site.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ended.returncode == 2
    assert "error: http://localhost" in ended.stderr
    assert "hint: Correct auth.oidc.config" in ended.stderr
