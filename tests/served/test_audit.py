"""The audit of real servers: killed, without room, with hostile values, two on one file."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

import httpx2
import pytest
from fastmcp import Client
from fastmcp.exceptions import FastMCPError
from mcp.shared.exceptions import MCPError

from tests.cli.terminal import handrail
from tests.running import eventually
from tests.served.answers import refusal, structure
from tests.served.auditing import FILE, ended, lines, verify
from tests.served.serving import call, http_process, serving
from tests.served.site import WAYS, Site

KILLS = [2, pytest.param(200, marks=[pytest.mark.nightly, pytest.mark.timeout(1800)])]
CLIENTS = 4
HOSTILE = [
    "two\nlines",
    "carriage\rreturn",
    "\x1b[2Jcleared",
    "line\u2028separator",
    '","kind":"end","x":"',
    "right\u202eto left",
    "x" * 100_000,
]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site.build(tmp_path, FILE)


@pytest.mark.parametrize("times", KILLS)
async def test_a_killed_server_loses_nothing_but_what_it_names(site: Site, times: int) -> None:
    """Whatever a client was told is recorded; what ran when it was killed is named as lost."""
    told: set[str] = set()
    chance = random.Random(times)  # noqa: S311  # when to kill
    for number in range(times):
        with http_process(site) as (process, url):
            before = len(told)
            work = [
                asyncio.create_task(keep_calling(url, f"{number}-{each}", told))
                for each in range(CLIENTS)
            ]
            await eventually(partial(has, told, before + chance.randint(1, 12)))
            process.send_signal(signal.SIGKILL)
            await asyncio.gather(*work)
    begun = {line["call_id"] for line in lines(site) if line["kind"] == "begin"}
    lost = {line["call_id"] for line in lines(site) if line["kind"] == "lost"}
    known = {line["call_id"] for line in ended(site)}
    assert told <= known
    # The last server had nobody after it who could tell of its losses: verify does.
    open_ones = begun - known - lost
    printed = await asyncio.to_thread(verify, site)
    assert printed.code == 0, printed.out
    assert printed.err.count("no end: ") == len(open_ones) <= CLIENTS
    assert printed.err.count("lost: ") == len(lost) <= times * CLIENTS
    assert not lost & known


def has(told: set[str], count: int) -> bool:
    """Whether so many calls were answered."""
    return len(told) >= count


async def keep_calling(url: str, name: str, told: set[str]) -> None:
    """Change things until the server is gone; the ids of the calls that were answered."""
    with suppress(MCPError, FastMCPError, OSError, RuntimeError, httpx2.TransportError):
        async with Client(url) as client:
            while True:
                told.add(structure(await call(client, "change", name=name))["call_id"])


async def test_hostile_values_stay_on_their_line(site: Site) -> None:
    async with serving(site, WAYS[0]) as server, server.client() as client:
        for text in HOSTILE:
            await call(client, "say", text=text)
            await call(client, f"no {text}"[:50])
    texts = (site.state / "audit.jsonl").read_bytes()
    assert len(ended(site)) == 2 * len(HOSTILE) == texts.count(b"\n")
    assert max(texts.replace(b"\n", b" ")) < 127
    assert min(texts.replace(b"\n", b" ")) >= 32
    assert len(site.log.read_text().splitlines()) == len(site.records())
    assert (await asyncio.to_thread(verify, site)).code == 0


async def test_two_servers_keep_one_audit(site: Site) -> None:
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(serving(site, WAYS[2])) for _ in range(2)]
        clients = [await stack.enter_async_context(server.client()) for server in servers]
        await asyncio.gather(
            *(call(client, "change", name=f"{n}") for n in range(20) for client in clients)
        )
    assert len(ended(site)) == 40
    assert len({line["server"] for line in ended(site)}) == 2
    printed = await asyncio.to_thread(verify, site)
    assert (printed.code, printed.out) == (0, "80 records, seq 1 to 80, whole\n")


async def test_files_that_are_full_are_followed_by_others(site: Site) -> None:
    site.file.write_text(FILE.replace("audit = {}", 'audit = { rotate = "2KiB", keep = 2 }'))
    async with serving(site, WAYS[0]) as server, server.client() as client:
        for number in range(20):
            await call(client, "say", text=f"{number}")
    assert len(list(site.state.glob("audit.0*.jsonl"))) == 2
    printed = await asyncio.to_thread(verify, site)
    assert printed.code == 0
    assert printed.out.endswith(" to 20, whole\n")
    sorted(site.state.glob("audit.0*.jsonl"))[0].unlink()
    gone = await asyncio.to_thread(verify, site)
    assert gone.code == 1
    assert "removed: " in gone.out


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 256 KiB at `folder`."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=256k,mode=0755", "none", str(folder)]
    subprocess.run(["mount", *options], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


async def test_without_room_nothing_is_changed_unrecorded(site: Site, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    site.file.write_text(FILE.replace("audit = {}", f'audit.file = "{disk}/audit.jsonl"'))
    with small_disk(disk):
        async with serving(site, WAYS[0]) as server, server.client() as client:
            assert not (await call(client, "change", name="before")).is_error
            filler = disk / "filler"
            fill(filler)
            # The page that the file ends in has room for some records yet.
            changes = [await call(client, "change", name=f"{number}") for number in range(20)]
            refused = [change for change in changes if change.is_error]
            assert changes[-1] in refused
            assert {refusal(each)["code"] for each in refused} == {"storage_full"}
            assert sum(each.name.isdecimal() for each in site.workspace.iterdir()) == 20 - len(
                refused
            )
            # What only reads goes on, and is recorded as soon as there is room.
            reads = [await call(client, "say", text=f"{number}") for number in range(3)]
            assert not any(read.is_error for read in reads)
            assert await asyncio.to_thread(is_told_to_fail, site)
            filler.unlink()
            assert not (await call(client, "change", name="after")).is_error
        written = (disk / "audit.jsonl").read_text()
        printed = await asyncio.to_thread(verify, site, "--audit-file", str(disk / "audit.jsonl"))
    assert printed.code == 0
    assert all(structure(read)["call_id"] in written for read in reads)
    assert all(structure(each)["error"]["call_id"] in written for each in refused)
    events = [record["event"] for record in site.records()]
    assert sum("audit is failing" in event for event in events) == 1


def is_told_to_fail(site: Site) -> bool:
    """What `handrail top` says of the audit."""
    told = json.loads(handrail("top", "--json", folder=site.folder).out)
    return bool(told["audit_is_failing"])


def fill(file: Path) -> None:
    """Leave no room."""
    with suppress(OSError), file.open("wb", buffering=0) as filler:
        while True:
            filler.write(b"x" * 512)
