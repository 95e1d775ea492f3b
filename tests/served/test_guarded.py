"""Who may reach a server over HTTP: this machine only, and no page that a browser shows."""

from __future__ import annotations

import socket
import subprocess

import httpx2
import pytest

from tests.served.raw import request
from tests.served.serving import free_port, http_process
from tests.served.site import Site

HEADERS = {
    "Accept": "application/json, text/event-stream",
    "MCP-Protocol-Version": "2026-07-28",
    "Mcp-Method": "tools/list",
}


def test_hosts_and_origins_of_others_are_refused(site: Site) -> None:
    with http_process(site) as (_, url):

        def status(**headers: str) -> int:
            sent = {**HEADERS, **headers}
            return httpx2.post(url, json=request(1, "tools/list"), headers=sent).status_code

        here = url.removesuffix("/mcp")
        statuses = {
            "none": status(),
            "our own": status(Origin=here),
            "another host": status(Host="evil.example"),
            "another host on our port": status(Host=f"evil.example:{here.rpartition(':')[2]}"),
            "a host that begins like ours": status(Host="127.0.0.1.evil.example"),
            "another origin": status(Origin="http://evil.example"),
            "an origin that is none": status(Origin="null"),
        }

    assert statuses == {
        "none": 200,
        "our own": 200,
        "another host": 421,
        "another host on our port": 421,
        "a host that begins like ours": 421,
        "another origin": 403,
        "an origin that is none": 403,
    }


def refusal_to_serve(site: Site, address: str) -> str:
    """What is said when an address cannot be served at; with the exit code for wrong usage."""
    ended = subprocess.run(
        site.command("--http", address),
        env=site.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    return ended.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "[::]", "example.com"])  # noqa: S104  # to be refused
def test_an_address_that_others_can_reach_is_refused(site: Site, host: str) -> None:
    assert refusal_to_serve(site, f"{host}:{free_port()}") == (
        f"error: {host.strip('[]')} can be reached from other machines, and this server has no "
        'authentication\nhint: Say auth.keys = ".handrail/keys.json" in the server file and make '
        "keys with handrail key new; or serve on 127.0.0.1, behind a proxy that authenticates.\n"
    )


def test_a_port_that_is_taken_is_said_in_one_line(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal_to_serve(site, f"127.0.0.1:{port}")

    assert said == (
        f"error: cannot listen on 127.0.0.1:{port}: Address already in use\n"
        "hint: Choose another port: --http HOST:PORT.\n"
    )
