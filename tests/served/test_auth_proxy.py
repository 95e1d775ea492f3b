"""Callers whom a proxy names: believed of the proxy, and of nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import httpx2
import pytest
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport

from handrail.mcp.auth.key import new_key
from handrail.mcp.auth.key_file import changing
from tests.served.answers import refusal
from tests.served.issuing import MODES, post
from tests.served.raw import Mode
from tests.served.serving import http_process
from tests.served.site import TOKEN, Site

SERVER_FILE = """
config_version = 1
[workspace]
root = "workspace"
[programs]
echo = {}
[secrets]
PROXY = { env = "TEST_TOKEN" }
[http]
proxies = ["127.0.0.7"]
hosts = ["tools.example.com"]
[auth]
keys = ".handrail/keys.json"
[auth.proxy]
roles = "X-Forwarded-Groups"
secret = "PROXY"
[access.roles.reader]
tools = ["say"]
[access.roles.writer]
tools = ["*"]
[[tool]]
name = "say"
description = "Say something."
program = "echo"
args = ["said"]
[[tool]]
name = "shout"
description = "Say something aloud."
program = "echo"
args = ["SAID"]
"""
PROXY, ELSEWHERE = "127.0.0.7", "127.0.0.8"
ANN = {"X-Forwarded-User": "ann", "X-Forwarded-Groups": "reader, other", "X-Proxy-Secret": TOKEN}
modes = pytest.mark.parametrize("mode", MODES)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site.build(tmp_path_factory.mktemp("proxied"), SERVER_FILE)


@pytest.fixture(scope="module")
def key(site: Site) -> str:
    made, text = new_key("bob", ["writer"], None, None)
    with changing(site.state / "keys.json") as keys:
        keys.append(made)
    return text


@pytest.fixture(scope="module")
def url(site: Site, key: str) -> Iterator[str]:
    assert key
    with http_process(site) as (_, found):
        yield found


def status(url: str, peer: str, headers: list[tuple[str, str]], token: str | None = None) -> int:
    """What a request from that address comes to."""
    sent = [("Accept", "application/json, text/event-stream"), *headers]
    if token is not None:
        sent.append(("Authorization", f"Bearer {token}"))
    body = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "by hand", "version": "1"},
        },
    }
    transport = httpx2.HTTPTransport(local_address=peer)
    with httpx2.Client(transport=transport) as client:
        encoded = httpx2.Headers(sent, encoding="utf-8")
        return client.post(url, json=body, headers=encoded, timeout=30).status_code


def through(url: str, mode: Mode, headers: dict[str, str]) -> Client[StreamableHttpTransport]:
    """A client of the proxy, which names it so."""

    def from_the_proxy(**options: Any) -> httpx2.AsyncClient:
        transport = httpx2.AsyncHTTPTransport(local_address=PROXY)
        return httpx2.AsyncClient(transport=transport, **options)

    transport = StreamableHttpTransport(
        url, headers=headers, httpx_client_factory=cast("Any", from_the_proxy)
    )
    return Client(transport, mode=mode)


@modes
async def test_whom_the_proxy_names_is_the_caller(site: Site, url: str, mode: Mode) -> None:
    async with through(url, mode, ANN) as client:
        tools = {tool.name for tool in await client.list_tools()}
        said = await client.call_tool_mcp("say", {})
        other = await client.call_tool_mcp("shout", {})
    assert "say" in tools
    assert "shout" not in tools
    assert not said.is_error
    assert refusal(other)["code"] == "denied"
    assert [one["caller"] for one in site.records() if one["event"] == "call"][-2:] == [
        "proxy:ann",
        "proxy:ann",
    ]


@modes
async def test_a_session_is_nobody_elses(url: str, mode: Mode) -> None:
    bea = {**ANN, "X-Forwarded-User": "bea", "X-Forwarded-Groups": "writer"}
    async with through(url, mode, ANN) as ann, through(url, mode, bea) as other:
        assert not (await other.call_tool_mcp("shout", {})).is_error
        assert (await ann.call_tool_mcp("shout", {})).is_error


def test_from_elsewhere_such_a_header_lets_nobody_in(url: str, key: str) -> None:
    assert status(url, PROXY, list(ANN.items())) == 200
    assert status(url, ELSEWHERE, list(ANN.items())) == 401
    assert status(url, ELSEWHERE, list(ANN.items()), key) == 401, "nor with a good key"
    assert status(url, ELSEWHERE, [], key) == 200
    assert status(url, PROXY, [], key) == 200
    assert status(url, PROXY, []) == 401


def test_no_page_comes_in_by_a_name_of_its_own(url: str) -> None:
    """A browser is at the proxy's address when it is on the same machine (DNS rebinding)."""
    assert status(url, PROXY, [*ANN.items(), ("Host", "evil.example.com")]) == 421
    assert status(url, PROXY, [*ANN.items(), ("Host", "tools.example.com")]) == 200


def test_where_a_header_says_that_it_comes_from_does_not_count(url: str) -> None:
    forged = [*ANN.items(), ("X-Forwarded-For", PROXY)]
    assert status(url, ELSEWHERE, forged) == 401


@pytest.mark.parametrize("secret", ["", "wrong", TOKEN + "x"])
def test_a_proxy_that_does_not_prove_itself_is_none(url: str, secret: str) -> None:
    unproven = {**ANN, "X-Proxy-Secret": secret}
    assert status(url, PROXY, list(unproven.items())) == 401


@pytest.mark.parametrize(
    "name", ["x" * 129, "two\tnames", "a\u202eb", "a\u0000b".replace("\0", "\u0085")]
)
def test_a_name_that_is_none_lets_nobody_in(url: str, name: str) -> None:
    assert status(url, PROXY, list({**ANN, "X-Forwarded-User": name}.items())) == 401


def test_a_name_in_any_script_is_one(url: str) -> None:
    assert status(url, PROXY, list({**ANN, "X-Forwarded-User": "Änne Müller"}.items())) == 200


@pytest.mark.parametrize("header", ["X-Forwarded-User", "X-Forwarded-Groups", "X-Proxy-Secret"])
def test_what_is_said_twice_lets_nobody_in(url: str, header: str) -> None:
    assert status(url, PROXY, [*ANN.items(), (header, ANN[header])]) == 401


def test_what_the_server_makes_of_it_cannot_be_made_elsewhere(url: str) -> None:
    assert post(url, "hrp_x_WyJhbm4iLCBbIndyaXRlciJdXQ==").status_code == 401
    assert post(url, "hrp_").status_code == 401
