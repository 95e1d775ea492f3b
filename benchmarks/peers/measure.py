"""All servers up at once and asked in turn; and what they hold in memory."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial

from benchmarks.measure import Rounds, take_turns, timed
from benchmarks.peers.contenders import Contender
from benchmarks.peers.memory import Memory
from benchmarks.peers.questions import Question
from benchmarks.servers import Connection, stdio_server
from benchmarks.table import Comparison, Table

ROUNDS = 20
_BATCH = 5
_BUDGET_SECONDS = 15.0
"""For one question. What takes long is asked in fewer rounds, but in three at least."""


async def beside(
    title: str,
    ours: Sequence[Contender],
    peers: Mapping[Contender, Sequence[Question]],
    rounds: int = ROUNDS,
) -> Table:
    """Ask ours, at each tier, and every peer its questions."""
    async with AsyncExitStack() as stack:
        up = {
            who: await stack.enter_async_context(stdio_server(who.command, who.environment))
            for who in (*ours, *peers)
        }
        before = {who: Memory.of(up[who].pid) for who in up}
        comparisons = [
            row
            for peer, questions in peers.items()
            for question in questions
            for row in await _compare(question, {who: up[who] for who in ours}, up[peer], rounds)
        ]
        facts = {
            f"memory of {who.name}": f"{before[who]}, afterwards {Memory.of(up[who].pid)}"
            for who in up
        }
    return Table("peers", title, comparisons, facts)


async def _compare(
    question: Question, ours: Mapping[Contender, Connection], peer: Connection, rounds: int
) -> list[Comparison]:
    turns = {who.name: timed(partial(question.ours, up)) for who, up in ours.items()}
    turns[_PEER] = timed(partial(question.theirs, peer))
    began = time.perf_counter()
    for act in turns.values():
        await act()
    batch, rounds = _affordable(time.perf_counter() - began, rounds)
    samples = await take_turns(turns, rounds, batch, warm_up=1)
    return [_row(f"{question.what}, {who.name}", samples[who.name], samples[_PEER]) for who in ours]


def _affordable(turn_seconds: float, rounds: int) -> tuple[int, int]:
    """How large a batch, and how many of them."""
    turns = int(_BUDGET_SECONDS / turn_seconds)
    batch = min(_BATCH, max(1, turns // rounds))
    return batch, min(rounds, max(3, turns // batch))


def _row(what: str, ours: Rounds, theirs: Rounds) -> Comparison:
    return Comparison(f"{what} ({sum(map(len, ours))})", ours, theirs).in_milliseconds()


_PEER = "peer"
