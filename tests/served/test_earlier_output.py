"""What an earlier call wrote is there for another for as long as it is kept. In this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handrail.call import Line
from handrail.errors import NotFound
from handrail.opening import open_line
from handrail.plan.host import survey
from handrail.process.outcome import Cancelled, Exited, Outcome
from handrail.record.logbook import Logbook
from handrail.request import Call
from handrail.spec.load import load
from tests.running import Sleeps, eventually, hand_over

FILE = """
config_version = 1
[programs]
cat = {}
sh = {}
tee = {}
[limits]
concurrency = 1
[[tool]]
name = "run"
description = "Run a program."
programs = ["cat", "tee"]
effect = "write"
[[tool]]
name = "asked"
description = "Run a program when a person agrees."
programs = ["cat"]
approval = "always"
[[tool]]
name = "sh"
description = "Run a script."
program = "sh"
args = ["-c", "{script}"]
acknowledge = ["executes-callers-code"]
params.script = { required = true }
"""


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    file = tmp_path / "handrail.toml"
    file.write_text(FILE)
    hand_over(tmp_path, file)
    spec = load(file, {})
    host, _ = survey(spec, file, {})
    assert host is not None
    async with open_line(spec, host, Logbook()) as line:
        yield line


def call(line: Line, tool: str, **arguments: object) -> Call:
    return Call(next(one for one in line.spec.tools if one.name == tool), arguments)


def all_of(outcome: Outcome) -> tuple[bytes, bytes]:
    streams = outcome.stdout, outcome.stderr
    stdout, stderr = (stream.read(0, stream.size) for stream in streams)
    return stdout, stderr


async def test_either_stream_as_it_was_and_as_often_as_wanted(line: Line) -> None:
    first = call(line, "sh", script="seq 100000; printf 'a\\377\\000b' >&2")
    stdout, stderr = all_of(await line.call(first))
    assert (len(stdout), stderr) == (588_895, b"a\xff\0b")
    for _ in range(2):
        again = await line.call(call(line, "run", argv=["cat"], stdin_from=first.id))
        assert (again.ending, all_of(again)) == (Exited(0), (stdout, b""))
    read = call(line, "run", pipe=[["cat"], ["cat"]], stdin_from=f"{first.id}/stderr")
    assert all_of(await line.call(read)) == (stderr, b"")


async def test_what_made_room_while_its_reader_waited_is_not_found(
    line: Line, tmp_path: Path
) -> None:
    sleeps = Sleeps()
    first = call(line, "sh", script="echo kept")
    await line.call(first)
    holding = call(line, "sh", script=f"exec {sleeps.command}")
    held = asyncio.ensure_future(line.call(holding))
    await eventually(lambda: len(sleeps.alive()) == 1)
    reader = call(line, "run", argv=["tee", "written"], stdin_from=first.id)
    waiting = asyncio.ensure_future(line.call(reader))
    await asyncio.sleep(0)  # it is planned at once, and waits for the only place
    line.outputs.clear()
    holding.stop()
    assert (await held).ending == Cancelled()
    with pytest.raises(NotFound, match="no output of such a call") as gone:
        await waiting
    assert gone.value.hint is not None
    assert "Call the tool again" in gone.value.hint
    assert not (tmp_path / "written").exists()


async def test_nobody_is_asked_about_what_is_not_there(line: Line) -> None:
    with pytest.raises(NotFound):
        await line.call(call(line, "asked", argv=["cat"], stdin_from="0" * 20))
