"""Output too long to show: both ends are shown, all of it can be read, and memory stays flat."""

from __future__ import annotations

import re
from typing import Any

import mcp_types

from tests.running import eventually
from tests.served.answers import facts, obeys_its_schema, structure, text
from tests.served.serving import Connected, Server, call, measured
from tests.served.watching import commands_below, descriptors, own_bytes, peak_bytes

FIRST = 100_000_000
LINE_BYTES = 10
SHOWN_BYTES = 65_536
PAGE_BYTES = 131_072
RESOURCE_BYTES = 262_144
MOST_GROWTH_BYTES = 32 * 1024**2
SPOOL_BYTES = 208 * 1024**2


def lines(offset: int, size: int) -> str:
    """What `flood` writes from `offset` on; tests read at offsets far from any end."""
    begin, end = offset // LINE_BYTES, (offset + size) // LINE_BYTES + 1
    whole = "".join(f"{FIRST + number}\n" for number in range(begin, end))
    return whole[offset % LINE_BYTES :][:size]


def excerpt(total: int) -> str:
    half = SHOWN_BYTES // 2
    head, tail = lines(0, half), lines(total - half, half)
    return f"{head}\n[… {total - SHOWN_BYTES:,} bytes left out …]\n{tail}"


async def flood(client: Connected, total: int) -> mcp_types.CallToolResult:
    return await call(client, "flood", last=FIRST + total // LINE_BYTES - 1)


def structure_of_flood(result: mcp_types.CallToolResult, total: int) -> dict[str, Any]:
    """The structured content of a flood, without what is measured, and how it was truncated."""
    assert facts(result)["truncated"] == [
        {
            "stream": "stdout",
            "shown_bytes": SHOWN_BYTES,
            "total_bytes": total,
            "resource": f"handrail://calls/{structure(result)['call_id']}/stdout",
        }
    ]
    return {name: value for name, value in facts(result).items() if name != "truncated"}


async def test_a_flood_is_answered_with_its_head_and_tail_and_hardly_any_memory(
    server: Server, client: Connected
) -> None:
    total = 200_000_000
    await flood(client, 1_000_000)
    own, peak, before = own_bytes(server.pid), peak_bytes(server.pid), descriptors(server.pid)

    result = await flood(client, total)

    grown = max(own_bytes(server.pid) - own, peak_bytes(server.pid) - peak)
    measured(server, f"{structure(result)['seconds']} s, {grown / 1024**2:.1f} MiB more memory")
    assert grown < MOST_GROWTH_BYTES
    assert structure_of_flood(result, total) == {
        "ok": True,
        "ending": {"kind": "exited", "code": 0},
        "stdout": excerpt(total),
        "stderr": "",
        "confinement": {"tier": server.tier, "network": False},
    }
    assert await obeys_its_schema(client, "flood", result)
    assert text(result).endswith(
        f"stdout: 65,536 of 200,000,000 bytes are shown. "
        f'Next: read_output(call_id="{structure(result)["call_id"]}", stream="stdout", '
        "offset=32768) reads on from the gap."
    )
    await eventually(lambda: not descriptors(server.pid) - before)
    await eventually(lambda: not list(server.site.left_behind()))


async def test_what_was_left_out_can_be_read_page_by_page(client: Connected) -> None:
    call_id = structure(await flood(client, 20_000_000))["call_id"]

    offset, pages = 10_000_003, 3
    for _ in range(pages):
        page = structure(
            await call(client, "read_output", call_id=call_id, offset=offset, limit=PAGE_BYTES)
        )
        assert page == {
            "text": lines(offset, PAGE_BYTES),
            "offset": offset,
            "next_offset": offset + PAGE_BYTES,
            "total_bytes": 20_000_000,
        }
        offset = page["next_offset"]


async def test_a_page_says_where_the_next_one_begins_and_the_last_says_that_it_is_the_last(
    client: Connected,
) -> None:
    call_id = structure(await flood(client, 1_000_000))["call_id"]

    first = await call(client, "read_output", call_id=call_id, limit=20)
    last = await call(client, "read_output", call_id=call_id, offset=999_980)
    beyond = await call(client, "read_output", call_id=call_id, offset=2_000_000)

    assert text(first) == ("Bytes 0 to 20 of 1,000,000. Next: offset=20.\n\n100000000\n100000001\n")
    assert text(last) == (
        "Bytes 999,980 to 1,000,000 of 1,000,000. This is the end.\n\n100099998\n100099999\n"
    )
    assert structure(beyond) == {"text": "", "offset": 2_000_000, "total_bytes": 1_000_000}


async def test_the_resource_has_all_of_a_stream_and_says_where_to_read_on(
    client: Connected,
) -> None:
    total, part = 20_000_000, RESOURCE_BYTES
    (truncated,) = structure(await flood(client, total))["truncated"]

    (begin,) = await client.read_resource(truncated["resource"])
    (middle,) = await client.read_resource(f"{truncated['resource']}?offset=10000000&limit=25")
    (end,) = await client.read_resource(f"{truncated['resource']}?offset=19999980")
    (stderr,) = await client.read_resource(truncated["resource"].replace("stdout", "stderr"))
    listed = [str(found.uri) for found in await client.list_resources()]

    assert isinstance(begin, mcp_types.TextResourceContents)
    assert begin.text == lines(0, part) + (
        f"\n[… {total - part:,} more bytes; read {truncated['resource']}?offset={part} …]"
    )
    assert isinstance(middle, mcp_types.TextResourceContents)
    assert middle.text.startswith("101000000\n101000001\n10100\n[… ")
    assert isinstance(end, mcp_types.TextResourceContents)
    assert end.text == "101999998\n101999999\n"
    assert isinstance(stderr, mcp_types.TextResourceContents)
    assert stderr.text == ""
    assert truncated["resource"] in listed


async def test_output_beyond_the_limit_ends_the_call_and_what_came_before_is_kept(
    server: Server, client: Connected
) -> None:
    result = await flood(client, 300_000_000)

    assert structure_of_flood(result, SPOOL_BYTES) == {
        "ok": False,
        "ending": {"kind": "output_exceeded", "limit_bytes": SPOOL_BYTES},
        "stdout": excerpt(SPOOL_BYTES),
        "stderr": "",
        "confinement": {"tier": server.tier, "network": False},
    }
    assert result.is_error
    assert await obeys_its_schema(client, "flood", result)
    headline = r"flood wrote more than 218,103,808 bytes and was stopped, after \d+\.\d\d s\."
    assert re.match(f"{headline}\n\n{FIRST}\n", text(result))
    assert text(result).endswith("Next: narrow the call so that it writes less.")
    assert commands_below(server.pid) == []
    await eventually(lambda: not list(server.site.left_behind()))


async def test_output_that_is_not_kept_is_not_found(client: Connected) -> None:
    result = await call(client, "read_output", call_id="0" * 20)

    assert result.is_error
    assert structure(result)["error"]["code"] == "not_found"
    assert text(result).startswith("not_found: there is no output of such a call.")
