"""Lines as they come: in order, from both streams, and never too many."""

from __future__ import annotations

from pathlib import Path

from handrail.process.lines import LineFeed
from handrail.process.onlooker import Onlooker
from handrail.process.pool import Pool
from handrail.process.run import run
from handrail.sandbox.confine import ConfinedPlan
from tests.builders import sh
from tests.running import said


def fed(*chunks: bytes) -> list[str]:
    lines: list[str] = []
    feed = LineFeed(lines.append)
    for chunk in chunks:
        feed.feed(chunk)
    return lines


async def heard(plan: ConfinedPlan, spool: Path) -> list[str]:
    lines: list[str] = []
    async with Pool(most_idle=1) as pool:
        said(await run(plan, pool, spool=spool, onlooker=Onlooker(lines.append)))
    return lines


async def test_lines_come_in_order(tmp_path: Path) -> None:
    assert await heard(sh("for i in 1 2 3; do echo step $i; sleep 0.02; done"), tmp_path) == [
        "step 1",
        "step 2",
        "step 3",
    ]


async def test_both_streams_are_heard(tmp_path: Path) -> None:
    assert sorted(await heard(sh("echo out; echo err >&2"), tmp_path)) == ["err", "out"]


async def test_hidden_values_are_not_heard(tmp_path: Path) -> None:
    plan = sh("printf 'key hun'; sleep 0.05; echo 'ter2 and more'", hidden=("hunter2",))
    assert await heard(plan, tmp_path) == ["key ******* and more"]


async def test_a_flood_is_heard_in_part_and_kept_whole(tmp_path: Path) -> None:
    lines: list[str] = []
    async with Pool(most_idle=1) as pool:
        outcome = await run(
            sh("seq 1000000"), pool, spool=tmp_path, onlooker=Onlooker(lines.append)
        )
    assert 1 <= len(lines) <= 20 + 20 * (outcome.seconds + 1)
    assert set(lines) <= {str(number) for number in range(1, 1_000_001)}
    assert said(outcome)[0].count(b"\n") == 1_000_000


def test_chunks_may_break_anywhere() -> None:
    assert fed(b"on", b"e\ntw", b"o\n", b"three") == ["one", "two"]


def test_a_carriage_return_ends_a_line_too() -> None:
    assert fed(b"10%\r20%\r", b"30%\r\nend\n") == ["10%", "20%", "30%", "end"]


def test_invalid_text_is_replaced() -> None:
    assert fed(b"a\xffb\n") == ["a\ufffdb"]


def test_a_line_without_end_stays_short_in_memory() -> None:
    feed = LineFeed(lambda _: None)
    for _ in range(100):
        feed.feed(b"x" * 1_000_000)
    assert len(feed._rest) <= 4096


def test_the_middle_of_a_line_is_never_taken_for_a_line() -> None:
    long = b"begin " + b"x" * 100_000 + b" end\nnext\n"
    assert fed(b"half ", long) == ["next"]


def test_the_newest_lines_are_preferred() -> None:
    lines = fed(b"".join(b"%d\n" % number for number in range(1000)))
    assert lines == [str(number) for number in range(980, 1000)]
