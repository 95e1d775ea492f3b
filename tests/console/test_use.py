"""Everybody can use it: by the keyboard, with little room, by day and by night."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.async_playwright import (  # type: ignore[import-untyped]  # it has no types
    Axe,
)
from playwright.async_api import Page, expect

from tests.console.looking import Looking
from tests.served.serving import call, calling

Scheme = Literal["light", "dark"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


async def found_amiss(page: Page) -> list[str]:
    """What WCAG 2.2 AA would have otherwise, as far as axe can tell."""
    results = await Axe().run(page, options=RULES)
    return [
        f"{one['id']}: {node['html']}"
        for one in results.response["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_nobody_is_kept_out(
    page: Page, server: Looking, scheme: Scheme, size: dict[str, int]
) -> None:
    await page.emulate_media(color_scheme=scheme)
    await page.set_viewport_size({"width": size["width"], "height": size["height"]})
    await call(server.client, "end", code=3)
    await call(server.client, "end", code="no number")
    async with calling(server.client, "wait_for_file", name="never"):
        name = page.locator("#running").get_by_role("button", name="wait_for_file")
        await expect(name).to_be_visible()
        await expect(page.locator("#recent tr")).to_have_count(2)
        assert await found_amiss(page) == []
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], "it must be scrolled sideways"
        await name.click()
        await expect(page.get_by_role("dialog").locator("pre")).to_contain_text(["it has begun"])
        assert await found_amiss(page) == []
        await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Sign out").click()
    assert await found_amiss(page) == []


async def test_a_keyboard_is_enough(page: Page, server: Looking) -> None:
    async with calling(server.client, "wait_for_file", name="never") as answer:
        name = page.locator("#running").get_by_role("button", name="wait_for_file")
        await expect(name).to_be_visible()
        for key in ("Tab", "Tab", "Enter"):  # past "Sign out"
            await page.keyboard.press(key)
        dialog = page.get_by_role("dialog")
        await expect(dialog.locator("pre")).to_contain_text(["it has begun"])
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        await expect(name).to_be_focused()
        # Looks come and go, and take nothing out of somebody's hands.
        before = await page.locator("#glance").inner_text()
        await expect(page.locator("#glance")).not_to_have_text(before)
        await expect(name).to_be_focused()
        await page.keyboard.press("Enter")
        stop = dialog.get_by_role("button", name="Stop this call")
        await stop.focus()
        await page.keyboard.press("Enter")
        await expect(dialog.get_by_role("button", name="Let it run")).to_be_focused()
        await page.keyboard.press("Shift+Tab")
        await page.keyboard.press("Enter")
        assert (await answer).is_error
