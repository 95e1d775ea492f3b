"""Pictures of the console for its docs: `python -m tests.console.pictures docs/pictures`."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fastmcp import Client
from fastmcp.client.transports import StdioTransport
from playwright.async_api import Browser, Page, async_playwright

from tests.served.serving import free_port

ROOT = Path(__file__).parents[2]
ROUNDS = 9


async def main(folder: Path) -> None:
    """Serve the devtools example with a copy of this repository, use it a while, and look."""
    with tempfile.TemporaryDirectory() as place:
        site = _site(Path(place))
        ops = f"127.0.0.1:{free_port()}"
        command = ["-m", "handrail", "serve", str(site), "--ops", ops]
        log = Path(place) / "log"
        transport = StdioTransport(sys.executable, command, env=dict(os.environ), log_file=log)
        async with Client(transport) as client, async_playwright() as playwright:
            await _use(client)
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            running = asyncio.ensure_future(client.call_tool_mcp("watch_log", {"file": "Makefile"}))
            await _take(browser, _address(site), folder)
            running.cancel()
            await asyncio.wait([running])
            await browser.close()
        await transport.close()  # type: ignore[no-untyped-call]  # as FastMCP left it


def _site(place: Path) -> Path:
    place.chmod(0o755)
    subprocess.run(["git", "clone", "-q", ROOT, place / "repository"], check=True)
    shutil.copytree(ROOT / "examples" / "devtools", place / "devtools")
    file = place / "devtools" / "handrail.toml"
    file.write_text(
        file.read_text().replace("${WORKSPACE:-../..}", "../repository").replace('"2s"', '"1m"')
        + '\n[access.limits]\ncalls = "200/hour"\ncpu = "10m/hour"\n'
    )
    return file


async def _use(client: Client[StdioTransport]) -> None:
    asked: list[tuple[str, dict[str, object]]] = [
        ("git_status", {}),
        ("git_log", {}),
        ("git_log", {"nonsense": 1}),
        ("search", {"pattern": "what runs", "ignore_case": True}),
        ("git_diff", {}),
    ]
    for _ in range(ROUNDS):
        await asyncio.gather(*(client.call_tool_mcp(name, given) for name, given in asked))
        await asyncio.sleep(4)


def _address(site: Path) -> str:
    command = [sys.executable, "-m", "handrail", "console", str(site), "--json"]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    address: str = json.loads(told.stdout)["url"]
    return address


async def _take(browser: Browser, address: str, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    page = await browser.new_page(viewport={"width": 1200, "height": 800})
    await page.goto(address)
    await page.locator("#recent tr").first.wait_for()
    await _shoot(page, folder / "console.png")
    await page.locator("#running button").first.click()
    await page.locator("#facts dd").first.wait_for()
    await _shoot(page, folder / "console-call.png")
    await page.keyboard.press("Escape")
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size({"width": 390, "height": 844})
    await _shoot(page, folder / "console-phone.png")


async def _shoot(page: Page, file: Path) -> None:
    before = await page.locator("#glance").inner_text()
    await page.wait_for_function(  # the next look has come
        "before => document.querySelector('#glance').innerText !== before", arg=before
    )
    await page.screenshot(path=file)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
