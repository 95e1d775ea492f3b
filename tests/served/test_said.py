"""What commands are given and what they say: safe to show, secrets covered, input as declared."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.served.answers import facts, structure, text
from tests.served.serving import Connected, Server, call
from tests.served.site import TOKEN

BEL, ESC = b"\x07", b"\x1b"

UNSAFE = {
    "invalid UTF-8": (b"a\xff\xfeb\xe2\x82", "a��b�", "3 invalid bytes"),
    "a NUL": (b"a\0b", "a␀b", "1 control characters"),
    "a backspace": (b"rm\b\bls", "rm␈␈ls", "2 control characters"),
    "colours": (ESC + b"[1;31mred" + ESC + b"[0m", "red", "2 escape sequences"),
    "a cleared screen": (b"a" + ESC + b"[2J" + ESC + b"[Hb", "ab", "2 escape sequences"),
    "a hyperlink": (
        ESC + b"]8;;http://evil.example" + BEL + b"text" + ESC + b"]8;;" + ESC + b"\\",
        "text",
        "2 escape sequences",
    ),
    "a window title": (ESC + b"]0;title" + BEL + b"text", "text", "1 escape sequences"),
    "a clipboard": (ESC + b"P+q544e" + ESC + b"\\x", "x", "1 escape sequences"),
    "bidirectional text": (
        "user\u202etxt.exe".encode(),
        "user\\u{202e}txt.exe",
        "1 control characters",
    ),
    "hidden tags": ("a\U000e0041b".encode(), "a\\u{e0041}b", "1 control characters"),
    "an eight-bit control": ("a\u009b31mb".encode(), "a\\u{9b}31mb", "1 control characters"),
}


@pytest.mark.parametrize(("raw", "shown", "mark"), UNSAFE.values(), ids=UNSAFE)
async def test_unsafe_output_comes_out_safe_and_marked(
    client: Connected, raw: bytes, shown: str, mark: str
) -> None:
    result = await call(client, "say", hex=raw.hex())

    assert facts(result)["stdout"] == shown
    assert text(result).endswith(
        f"{shown}\n\nstdout was made safe to show: {mark} replaced or taken out."
    )


async def test_text_of_every_script_comes_out_as_it_is(client: Connected) -> None:
    said = "naïve, 日本語, العربية, 👩‍🔬, a\ttab\n"
    result = await call(client, "say", hex=said.encode().hex())

    assert facts(result)["stdout"] == said
    assert "made safe" not in text(result)


async def test_parsed_output_is_a_value(client: Connected) -> None:
    assert facts(await call(client, "answer"))["output"] == {"answer": 42}


async def test_the_input_is_empty_when_none_is_declared(client: Connected) -> None:
    async with asyncio.timeout(5):
        result = await call(client, "cat")

    assert facts(result)["ending"] == {"kind": "exited", "code": 0}
    assert facts(result)["stdout"] == ""
    assert text(result).endswith("It wrote no output.")


@pytest.mark.parametrize("given", ["a $(b) `c`\n\td", "long " * 40_000], ids=["short", "long"])
async def test_a_declared_input_arrives(client: Connected, given: str) -> None:
    call_id = structure(await call(client, "cat_text", text=given))["call_id"]

    read = ""
    while len(read) < len(given):
        page = await call(client, "read_output", call_id=call_id, offset=len(read))
        read += structure(page)["text"]
    assert read == f"<{given}>"


async def test_a_secret_reaches_the_command_and_is_covered_wherever_it_comes_out(
    server: Server, client: Connected
) -> None:
    covered = "*" * len(TOKEN)
    result = await call(client, "use_token")
    page = await call(client, "read_output", call_id=structure(result)["call_id"])

    assert facts(result)["stdout"] == f"token={covered}.\n"
    assert facts(result)["stderr"] == f"again {covered}\n"
    assert structure(page)["text"] == f"token={covered}.\n"
    listed = [tool.model_dump_json() for tool in await client.list_tools()]
    for place in [result.model_dump_json(), *listed, server.site.log.read_text()]:
        assert TOKEN not in place


async def test_a_sensitive_argument_reaches_the_command_and_is_covered_wherever_it_comes_out(
    server: Server, client: Connected
) -> None:
    password = "correct-horse-battery"
    result = await call(client, "use_password", password=password)

    assert facts(result)["stdout"] == f"got {'*' * len(password)}\n"
    assert password not in result.model_dump_json()
    assert password not in server.site.log.read_text()


async def test_a_command_gets_nothing_of_the_servers_own_environment(client: Connected) -> None:
    variables = json.loads(facts(await call(client, "environment"))["stdout"])

    assert sorted(variables) == [
        "HOME",
        "LANG",
        "NO_COLOR",
        "PATH",
        "TERM",
        "TMPDIR",
        "TZ",
        "XDG_CACHE_HOME",
    ]
