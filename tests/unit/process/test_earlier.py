"""A copy of what an earlier call wrote: whole, its own, and for reading only."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from handrail.errors import Internal
from handrail.plan.stage import Earlier
from handrail.process.earlier import copied
from handrail.process.outcome import Exited
from handrail.process.output import Output
from handrail.process.pool import Pool
from handrail.process.run import run
from tests.builders import confined, sh
from tests.running import run_one, said

MIB = 1 << 20


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    async with Pool(most_idle=1) as pool:
        yield pool


async def kept(size: int, pool: Pool, folder: Path) -> Output:
    """What `seq` says, cut to this size."""
    outcome = await run(sh(f"seq 100000000 | head -c {size}"), pool, spool=folder)
    outcome.stderr.close()
    assert outcome.stdout.size == size
    return outcome.stdout


def everything(descriptor: int) -> bytes:
    with open(descriptor, "rb", closefd=False) as file:
        return file.read()


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 5_000_000])
async def test_it_is_the_whole_output(pool: Pool, tmp_path: Path, size: int) -> None:
    output = await kept(size, pool, tmp_path)
    expected = output.read(0, size)
    async with copied(output, tmp_path) as copy:
        assert everything(copy) == expected
    assert output.read(0, size) == expected
    output.close()


@pytest.mark.parametrize("size", [6, 5_000_000])
async def test_a_command_reads_it(pool: Pool, tmp_path: Path, size: int) -> None:
    output = await kept(size, pool, tmp_path)
    plan = confined("/usr/bin/wc", "-c", stdin=Earlier("call"))
    async with copied(output, tmp_path) as copy:
        for _ in range(2):  # from its beginning, for each that reads it for the first time
            descriptor = os.open(f"/proc/self/fd/{copy}", os.O_RDONLY)
            outcome = await run(plan, pool, spool=tmp_path, earlier=descriptor)
            os.close(descriptor)
            assert (outcome.ending, said(outcome)[0]) == (Exited(0), b"%d\n" % size)
    output.close()


@pytest.mark.parametrize("size", [6, 5_000_000])
async def test_what_is_kept_cannot_be_changed_through_it(
    pool: Pool, tmp_path: Path, size: int
) -> None:
    output = await kept(size, pool, tmp_path)
    before = output.read(0, size)
    spoil = "import os; os.write(0, b'spoilt'); os.ftruncate(0, 0)"
    # By its name it can be opened anew, for writing too, where the user may.
    anew = "import os; os.write(os.open('/proc/self/fd/0', os.O_WRONLY | os.O_TRUNC), b'spoilt')"
    for script in (spoil, anew):
        plan = confined("/usr/bin/python3", "-c", script, stdin=Earlier("call"))
        async with copied(output, tmp_path) as copy:
            said(await run(plan, pool, spool=tmp_path, earlier=copy))
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.write(copy, b"spoilt")
        assert output.read(0, size) == before
    output.close()


async def test_short_output_is_sealed(tmp_path: Path) -> None:
    async with copied(Output(5, b"short"), tmp_path) as copy:
        # Root may open anything; what is sealed, even root cannot change (memfd_create(2)).
        anew = os.open(f"/proc/self/fd/{copy}", os.O_RDWR)
        with pytest.raises(OSError) as refused:  # its number says more than words
            os.write(anew, b"spoilt")
        os.close(anew)
        assert refused.value.errno == errno.EPERM
        assert everything(copy) == b"short"


@pytest.mark.parametrize("size", [6, 5_000_000])
async def test_it_may_make_room_as_soon_as_the_copy_has_begun(
    pool: Pool, tmp_path: Path, size: int
) -> None:
    output = await kept(size, pool, tmp_path)
    expected = output.read(0, size)

    async def copy_all() -> bytes:
        async with copied(output, tmp_path) as copy:
            return everything(copy)

    copying = asyncio.ensure_future(copy_all())
    await asyncio.sleep(0)
    output.close()
    reused = os.open(os.devnull, os.O_RDONLY)  # it gets the number that is free now
    assert await copying == expected
    os.close(reused)


async def test_a_cancelled_copy_leaves_nothing(pool: Pool, tmp_path: Path) -> None:
    output = await kept(50_000_000, pool, tmp_path)

    async def copy_all() -> None:
        async with copied(output, tmp_path):
            pytest.fail("it was cancelled")

    copying = asyncio.ensure_future(copy_all())
    await asyncio.sleep(0)
    copying.cancel()
    with suppress(asyncio.CancelledError):
        await copying
    assert copying.cancelled()
    output.close()
    assert list(tmp_path.iterdir()) == []


async def test_two_hundred_megabytes_take_no_memory(pool: Pool, tmp_path: Path) -> None:
    size = 200_000_000
    output = await kept(size, pool, tmp_path)
    plan = confined("/usr/bin/wc", "-c", stdin=Earlier("call"))
    before = psutil.Process().memory_info().rss
    async with copied(output, tmp_path) as copy:
        outcome = await run(plan, pool, spool=tmp_path, earlier=copy)
    grown = psutil.Process().memory_info().rss - before
    assert said(outcome)[0] == b"%d\n" % size
    assert grown < 16 * MIB
    output.close()


async def test_the_loop_is_free_while_it_is_copied(pool: Pool, tmp_path: Path) -> None:
    output = await kept(100_000_000, pool, tmp_path)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.ensure_future(count())
    async with copied(output, tmp_path):
        # Had the copy been made in the loop, no other would have had a turn.
        assert turns > 10
    counting.cancel()
    output.close()


async def test_a_plan_that_names_an_output_does_not_run_without(tmp_path: Path) -> None:
    with pytest.raises(Internal):
        await run_one(confined("/bin/cat", stdin=Earlier("call")), tmp_path)
