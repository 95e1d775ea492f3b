"""`[http]`: how a server is reached."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import httpx2
import pytest

from tests.running import eventually
from tests.served.serving import free_port, http_process
from tests.served.site import Site

INITIALIZE = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


def certificate(folder: Path) -> None:
    """A certificate for localhost, and its key."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def say(site: Site, table: str) -> None:
    """Add a table to the server file."""
    with site.file.open("a") as file:
        file.write(table)


async def test_connections_are_encrypted(site: Site) -> None:
    certificate(site.folder)
    say(site, '\n[http.tls]\ncertificate = "cert.pem"\nprivate_key = "key.pem"\n')
    trusted = ssl.create_default_context(cafile=str(site.folder / "cert.pem"))
    address = f"127.0.0.1:{free_port()}"
    with site.log.open("ab") as log:
        server = subprocess.Popen(
            site.command("--http", address), env=site.environment, stdout=log, stderr=log
        )
    try:
        await eventually(lambda: any(one["event"] == "serving" for one in site.records()))
        async with httpx2.AsyncClient(verify=trusted) as client:
            answer = await client.get(f"https://{address}/livez")
    finally:
        server.terminate()
        server.wait(30)
    assert answer.json() == {"status": "ok"}
    (serving,) = [one for one in site.records() if one["event"] == "serving"]
    assert serving["transport"] == f"https://{address}/mcp"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("cert.pem", "cert.pem and cert.pem are no certificate and its key"),
        ("gone.pem", "cannot read cert.pem and gone.pem: No such file or directory"),
    ],
)
def test_a_certificate_that_is_none_is_said_before_anything_is_served(
    site: Site, key: str, words: str
) -> None:
    certificate(site.folder)
    say(site, f'\n[http.tls]\ncertificate = "cert.pem"\nprivate_key = "{key}"\n')
    ended = subprocess.run(
        site.command("--http", f"127.0.0.1:{free_port()}"),
        env=site.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert words in ended.stderr


def test_the_names_of_the_file_are_answered_to_and_no_others(site: Site) -> None:
    say(site, '\n[http]\nhosts = ["tools.example.com"]\norigins = ["https://ui.example.com"]\n')
    with http_process(site) as (_, url):
        asked = {
            name: httpx2.post(url, json=INITIALIZE, headers=headers).status_code
            for name, headers in {
                "named": {"host": "tools.example.com"},
                "other": {"host": "evil.example.com"},
                "page": {"origin": "https://ui.example.com"},
                "strange": {"origin": "https://evil.example.com"},
            }.items()
        }
    assert asked["other"] == 421
    assert asked["strange"] == 403
    assert asked["named"] not in (403, 421)
    assert asked["page"] not in (403, 421)
