"""Much output: memory stays flat, nothing is lost, and an end of the room is said."""

from __future__ import annotations

import asyncio
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from handrail.process.chunks import chunks
from handrail.process.outcome import Exited, OutputExceeded
from handrail.process.pool import Pool
from handrail.process.run import run
from tests.builders import confined, sh
from tests.running import run_one, said

MIB = 1 << 20
HANG_SECONDS = 20.0


async def test_300_kilobytes_on_stderr_while_stdout_is_open(tmp_path: Path) -> None:
    outcome = await run_one(sh("head -c 300000 /dev/zero >&2; echo done"), tmp_path)
    assert (outcome.ending, said(outcome)) == (Exited(0), (b"done\n", bytes(300_000)))


async def test_200_megabytes_flow_past_memory_and_loop(tmp_path: Path) -> None:
    script = "echo first; head -c 200000000 /dev/zero; echo last"
    worst = 0.0
    async with Pool(most_idle=1) as pool:
        said(await run(sh("head -c 1000000 /dev/zero"), pool, spool=tmp_path))
        before = most = psutil.Process().memory_info().rss
        call = asyncio.ensure_future(run(sh(script), pool, spool=tmp_path))
        while not call.done():
            began = time.monotonic()
            await asyncio.sleep(0.002)
            worst = max(worst, time.monotonic() - began)
            most = max(most, psutil.Process().memory_info().rss)
        outcome = await call
    assert most - before < 32 * MIB
    assert worst < 1.0
    assert (outcome.ending, outcome.stdout.size) == (Exited(0), 200_000_011)
    assert outcome.stdout.read(0, 10) == b"first\n\0\0\0\0"
    assert outcome.stdout.read(200_000_000, 100) == b"\0\0\0\0\0\0last\n"
    assert outcome.stdout.read(200_000_011, 100) == b""
    said(outcome)


async def test_long_output_is_whole(tmp_path: Path) -> None:
    outcome = await run_one(sh("seq 200000; seq 200000 >&2"), tmp_path)
    expected = b"".join(b"%d\n" % number for number in range(1, 200_001))
    assert said(outcome) == (expected, expected)


async def test_long_output_leaves_no_file_with_a_name(tmp_path: Path) -> None:
    outcome = await run_one(sh("seq 200000"), tmp_path / "spool")
    assert list((tmp_path / "spool").iterdir()) == []
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700
    said(outcome)


async def test_a_spool_that_cannot_be_written_ends_the_call_and_keeps_the_beginning(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").touch()
    outcome = await run_one(sh("yes", output_bytes=1000), tmp_path / "file" / "spool")
    stdout, _ = said(outcome)
    assert outcome.note == "there was no room to keep more of its output, and it was stopped"
    assert outcome.ending == OutputExceeded(0)
    assert (len(stdout) > 1000, stdout[:4]) == (True, b"y\ny\n")


async def test_a_full_disk_ends_the_call_and_keeps_what_was_written(tmp_path: Path) -> None:
    with longest_file(3 * MIB):
        outcome = await run_one(sh("yes", output_bytes=1000), tmp_path)
    stdout, _ = said(outcome)
    assert outcome.note == "there was no room to keep more of its output, and it was stopped"
    assert outcome.ending == OutputExceeded(3 * MIB)
    assert stdout == b"y\n" * (3 * MIB // 2)


async def test_a_disk_that_is_full_at_once_keeps_what_was_in_memory(tmp_path: Path) -> None:
    with longest_file(512):
        outcome = await run_one(sh("yes", output_bytes=1000), tmp_path)
    stdout, _ = said(outcome)
    assert (len(stdout) > 1000, stdout[:4]) == (True, b"y\ny\n")


@contextmanager
def longest_file(size: int) -> Iterator[None]:
    """To a writer, a limit on the size of files is a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("script", ["echo a; read line < {fifo}", "seq 100000; read line < {fifo}"])
async def test_a_descriptor_given_away_cannot_hold_the_answer(tmp_path: Path, script: str) -> None:
    """Whoever is outside the tree and has the pipe: the answer does not wait for them."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    async with Pool(most_idle=1) as pool:
        call = asyncio.ensure_future(
            run(sh(script.format(fifo=fifo), output_bytes=1000), pool, spool=tmp_path)
        )
        with await asyncio.to_thread(fifo.open, "w") as end:
            [command] = [
                child for child in psutil.Process().children(recursive=True) if child.name() == "sh"
            ]
            stolen = os.open(f"/proc/{command.pid}/fd/1", os.O_WRONLY)
            end.write("go on\n")
        try:
            began = time.monotonic()
            outcome = await call
            assert time.monotonic() - began < HANG_SECONDS
        finally:
            os.close(stolen)
    assert outcome.ending == Exited(0)
    assert said(outcome)[0][-1:] == b"\n"


def test_chunks_after_the_stop_are_what_was_in_the_pipe() -> None:
    reader, writer = os.pipe2(os.O_NONBLOCK)
    stop = os.eventfd(1)
    try:
        os.write(writer, b"there")
        assert list(chunks(reader, stop)) == [b"there"]
        assert list(chunks(reader, stop)) == []
    finally:
        for descriptor in (reader, writer, stop):
            os.close(descriptor)


async def test_a_writer_outside_cannot_keep_the_reader_for_ever() -> None:
    reader, writer = os.pipe2(os.O_NONBLOCK)
    stop = os.eventfd(1)
    taken = 0
    try:
        for chunk in chunks(reader, stop):
            taken += len(chunk)
            os.write(writer, bytes(65_536))
        os.write(writer, b"x")
        for chunk in chunks(reader, stop):
            taken += len(chunk)
            os.write(writer, bytes(65_536))
    finally:
        for descriptor in (reader, writer, stop):
            os.close(descriptor)
    assert taken <= 4 * MIB


async def test_the_command_sees_pipes_and_no_terminal(tmp_path: Path) -> None:
    outcome = await run_one(confined("/usr/bin/test", "-t", "1"), tmp_path)
    assert outcome.ending == Exited(1)
