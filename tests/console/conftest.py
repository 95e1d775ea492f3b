"""A server with a console, and a browser that looks at it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.console.looking import Looking, looking
from tests.served.site import Site

SERVER_FILE = Path(__file__).with_name("site.toml")


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Debian's chromium, without a screen."""
    found = shutil.which("chromium")
    assert found is not None, "apt-get install chromium"
    async with async_playwright() as playwright:
        # Its own sandbox is not to be had for root; it only ever looks at our own page.
        browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        # Its helpers start with its first page, and stay.
        page = await browser.new_page()
        await page.goto("data:text/html,<canvas>")
        await page.screenshot()
        await page.close()
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Looking]:
    """The same, shared by tests that do nothing to it."""
    folder = tmp_path_factory.mktemp("shared")
    async with looking(Site.build(folder, SERVER_FILE.read_text())) as found:
        yield found


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Looking]:
    """A server that is looked at, and a client of it."""
    async with looking(Site.build(tmp_path, SERVER_FILE.read_text())) as found:
        yield found


@pytest.fixture
def complaints() -> list[str]:
    """What a browser complains of; a test that makes it complain empties this."""
    return []


@pytest.fixture
async def page(browser: Browser, server: Looking, complaints: list[str]) -> AsyncIterator[Page]:
    """The console, signed in. The browser may have nothing to complain of."""
    context = await browser.new_context()
    page = await context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(server.address)
    await page.locator("#inside").wait_for()
    yield page
    await context.close()
    assert complaints == []
