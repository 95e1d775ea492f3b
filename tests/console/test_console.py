"""What somebody sees who looks at a server, and does."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.console.looking import Looking
from tests.served.serving import call, calling
from tests.served.site import TOKEN, hand_over


async def test_its_address_opens_it_once_and_leaves_no_trace(page: Page, server: Looking) -> None:
    assert page.url == f"{server.url}/"
    await expect(page.locator("#server")).to_have_text("looked-at")
    await expect(page.locator("#badges")).to_contain_text("ready")
    await page.reload()
    await expect(page.locator("#badges")).to_contain_text(f"tier {server.server.tier}")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_label("Token")).to_be_focused()
    await page.reload()
    await expect(page.locator("#inside")).to_be_hidden()


async def test_a_wrong_token_is_told_and_the_right_one_opens(
    page: Page, server: Looking, complaints: list[str]
) -> None:
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_label("Token").fill("what I remember of it")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("does not open this server")
    await page.get_by_label("Token").fill(server.token)
    await page.keyboard.press("Enter")
    await expect(page.locator("#inside")).to_be_visible()
    complaints.clear()  # a browser always tells of a 401


async def test_a_call_is_seen_while_it_runs_and_when_it_has_ended(
    page: Page, server: Looking
) -> None:
    async with calling(server.client, "wait_for_file", name="flag") as answer:
        await page.locator("#running").get_by_role("button", name="wait_for_file").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("It is running.")
        await expect(dialog.locator("pre")).to_contain_text(["it has begun"])
        await expect(dialog).to_contain_text("sh -c")
        await expect(dialog).to_contain_text(str(server.server.site.workspace))
        flag = server.server.site.workspace / "flag"
        flag.touch()
        hand_over(flag)
        assert not (await answer).is_error
        await expect(dialog.locator("pre")).to_contain_text(["it was there"])
        await expect(dialog.get_by_role("status")).to_have_text("Done: exited with 0.")
        await expect(dialog.get_by_role("button", name="Stop")).to_be_hidden()
        await page.keyboard.press("Escape")
    await expect(page.locator("#running tr")).to_have_count(0)
    await expect(page.locator("#recent tr")).to_contain_text(["wait_for_file"])


async def test_a_call_is_stopped_and_keeps_what_it_said(page: Page, server: Looking) -> None:
    async with calling(server.client, "wait_for_file", name="never") as answer:
        await page.locator("#running").get_by_role("button", name="wait_for_file").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.locator("pre")).to_contain_text(["it has begun"])
        await dialog.get_by_role("button", name="Stop this call").click()
        await dialog.get_by_role("button", name="Let it run").click()
        await dialog.get_by_role("button", name="Stop this call").click()
        await dialog.get_by_role("button", name="Stop it").click()
        result = await answer
    assert result.structured_content is not None
    assert result.structured_content["ending"]["kind"] == "cancelled"
    assert result.structured_content["stdout"] == "it has begun\n"
    await expect(dialog.get_by_role("status")).to_have_text("Failed: cancelled.")
    (told,) = [one for one in server.server.site.records() if "console" in one["event"]]
    assert told["call_id"] == result.structured_content["call_id"]


async def test_recent_calls_tell_how_they_were_judged_and_ended(
    page: Page, server: Looking
) -> None:
    await call(server.client, "end", code=4)
    await call(server.client, "end", code="no number")
    await call(server.client, "read_file", path="none")
    rows = page.locator("#recent tr")
    await expect(rows).to_have_count(3)
    await expect(rows.nth(0)).to_contain_text("not found")
    await expect(rows.nth(1)).to_contain_text("argument invalid")
    await expect(rows.nth(2)).to_contain_text("exited 4")
    await expect(rows.nth(2)).to_contain_text("allow")
    await page.get_by_label("Show only").fill("invalid")
    await expect(rows).to_have_count(1)
    await expect(page.locator("#refusals")).to_contain_text("argument_invalid")
    await expect(page.locator("#callers")).to_contain_text("calls 0 %, anew in")
    await page.get_by_label("Show only").fill("")
    await rows.nth(1).get_by_role("button").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Refused: argument invalid.")
    charts = page.get_by_role("img", name=re.compile("In the last 2 minutes 1 calls? w.* done"))
    await expect(charts).to_have_count(1)


async def test_what_commands_say_is_text_and_nothing_else(page: Page, server: Looking) -> None:
    bad = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    await call(server.client, "say", text=bad)
    await page.locator("#recent").get_by_role("button", name="say").click()
    said = page.get_by_role("region", name="stdout")
    await expect(said).to_have_text("<img src=x onerror=alert(1)><script>alert(2)</script>")
    assert await page.locator("img:not([role]), script:not([src])").count() == 0


async def test_secrets_are_covered_there_too(page: Page, server: Looking) -> None:
    await call(server.client, "use_token")
    await page.locator("#recent").get_by_role("button", name="use_token").click()
    await expect(page.get_by_role("region", name="stdout")).to_have_text(re.compile(r"token=\*+\."))
    assert TOKEN not in await page.content()


async def test_of_much_output_the_last_is_seen_while_it_comes(page: Page, server: Looking) -> None:
    async with calling(server.client, "flood", name="flag") as answer:
        await page.locator("#running").get_by_role("button", name="flood").click()
        said = page.get_by_role("region", name="stdout")
        await expect(said).to_contain_text("\n2000000")
        await expect(page.get_by_role("dialog")).to_contain_text("the last 32 KiB")
        flag = server.server.site.workspace / "flag"
        flag.touch()
        await answer
    await expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("Done")
    await expect(said).to_contain_text("\n2000000")


async def test_a_server_that_does_not_answer_is_said_and_so_is_one_that_is_back(
    page: Page, complaints: list[str]
) -> None:
    await page.context.set_offline(True)
    await expect(page.locator("#notice")).to_contain_text("does not answer")
    await page.context.set_offline(False)
    await expect(page.locator("#notice")).to_have_text("")
    complaints.clear()  # and of requests that failed
