"""Who is let in, and who is not; asked as those ask who try."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.console.looking import Looking, looking
from tests.served.serving import call, calling, free_port, serving
from tests.served.site import WAYS, Site

SERVER_FILE = Path(__file__).with_name("site.toml").read_text()
SECRETS = ["/console/server", "/console/calls/0123", "/console/calls/0123/stop"]


@pytest.mark.parametrize("path", SECRETS)
@pytest.mark.parametrize("token", ["", "wrong", "é"])
async def test_without_the_token_nothing_is_told(shared: Looking, path: str, token: str) -> None:
    method = "POST" if path.endswith("stop") else "GET"
    answer = await shared.ask(path, token=token, method=method)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert "looked-at" not in answer.text


async def test_a_name_that_was_made_to_lead_here_is_not_ours(shared: Looking) -> None:
    port = shared.url.rpartition(":")[2]
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example"):
        for path in ("/", "/console/server", "/console/assets/main.js"):
            assert (await shared.ask(path, host=host)).status_code == 421, host
    for host in ("localhost", f"LOCALHOST:{port}", "127.0.0.1", "[::1]:1", "10.1.2.3:80"):
        assert (await shared.ask("/console/server", host=host)).status_code == 200, host


async def test_probes_may_call_it_what_they_like(shared: Looking) -> None:
    for path in ("/livez", "/readyz", "/metrics"):
        assert (await shared.ask(path, host="handrail.monitoring.svc")).status_code == 200


async def test_names_in_the_server_file_are_ours(tmp_path: Path) -> None:
    site = Site.build(tmp_path, SERVER_FILE + '[http]\nhosts = ["tools.example"]\n')
    async with looking(site) as server:
        answer = await server.ask("/console/server", host="tools.example:9464")
    assert answer.status_code == 200


async def test_pages_of_others_get_no_leave(shared: Looking) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    allowed = await shared.ask("/console/calls/1/stop", token="", method="OPTIONS", **asked)
    assert not [name for name in allowed.headers if name.startswith("access-control")]
    assert allowed.status_code in {401, 405}


async def test_it_takes_nothing_from_elsewhere_and_is_shown_nowhere_else(
    page: Page, server: Looking
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.reload()
    await page.locator("#recent").wait_for(state="attached")
    assert asked
    assert all(url.startswith(server.url) for url in asked)
    policy = (await server.ask("/")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", ["..%2f__init__.py", "uplot.LICENSE", "none.js", "..", "%00.js"])
async def test_only_its_own_files_are_handed_out(shared: Looking, name: str) -> None:
    assert (await shared.ask(f"/console/assets/{name}")).status_code in {400, 404}


async def test_a_call_that_is_not_there_is_neither_seen_nor_stopped(shared: Looking) -> None:
    assert (await shared.ask("/console/calls/none")).status_code == 404
    assert (await shared.ask("/console/calls/none/stop", method="POST")).status_code == 404
    assert (await shared.ask("/console/calls/none/stop")).status_code == 405


async def test_a_token_that_can_be_guessed_is_refused(tmp_path: Path) -> None:
    site = Site.build(tmp_path, SERVER_FILE + '[telemetry]\ntoken = "SHORT"\n')
    text = site.file.read_text().replace("[secrets]", '[secrets]\nSHORT = { file = "short" }')
    site.file.write_text(text)
    (site.folder / "short").write_text("hunter2")
    (site.folder / "short").chmod(0o600)
    process = await asyncio.create_subprocess_exec(
        *site.command(), env=site.environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    _, told = await process.communicate()
    assert process.returncode == 2
    assert "telemetry.token, is so short that it can be guessed" in told.decode()


async def test_without_an_ops_listener_there_is_no_console(tmp_path: Path) -> None:
    site = Site.build(tmp_path, SERVER_FILE)
    command = [sys.executable, "-m", "handrail", "console", str(site.file)]
    nobody = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True)
    assert (nobody.returncode, nobody.stdout) == (1, "")
    assert "No server runs with this file." in nobody.stderr
    async with serving(site, WAYS[0]):
        told = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True)
    assert told.returncode == 1
    assert "no console. Serve with --ops" in told.stdout


async def test_its_address_can_be_opened_though_it_listens_everywhere(tmp_path: Path) -> None:
    site, port = Site.build(tmp_path, SERVER_FILE), free_port()
    command = [sys.executable, "-m", "handrail", "console", str(site.file)]
    async with serving(site, WAYS[0], "--ops", f"0.0.0.0:{port}"):
        told = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True)
    assert told.stdout.startswith(f"looked-at: http://127.0.0.1:{port}/#token=")


async def test_a_thousand_who_look_hold_up_no_call(server: Looking) -> None:
    async with calling(server.client, "wait_for_file", name="never"):
        looks = [asyncio.ensure_future(server.look()) for _ in range(1000)]
        answers = [await call(server.client, "say", text=str(number)) for number in range(10)]
        seen = await asyncio.gather(*looks)
    assert not any(answer.is_error for answer in answers)
    assert set(seen) <= {200, None}
    assert seen.count(200) > 100
    assert (await server.ask("/console/server")).status_code == 200
