"""Our server at several tiers and one other, up at once and asked in turn; their memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial

from benchmarks.measure import Act, take_turns, timed
from benchmarks.peers.contenders import Contender
from benchmarks.peers.memory import Memory
from benchmarks.peers.questions import Question
from benchmarks.servers import Connection, stdio_server
from benchmarks.table import Comparison, Table

ROUNDS = 20
_BATCH = 5
_BUDGET_SECONDS = 10.0
"""For one question. What takes long is asked in fewer rounds, but in three at least."""

Up = Mapping[Contender, Connection]


async def beside(
    title: str,
    ours: Sequence[Contender],
    peer: Contender,
    questions: Sequence[Question],
    rounds: int,
) -> Table:
    """Ask ours, at each tier, and the peer."""
    async with AsyncExitStack() as stack:
        up = {
            who: await stack.enter_async_context(stdio_server(who.command, who.environment))
            for who in (*ours, peer)
        }
        await asyncio.gather(*(act() for act in _turns(questions[0], up, peer).values()))
        began = {who: Memory.of(up[who].pid) for who in up}
        compared = [await _compare(question, up, peer, rounds) for question in questions]
        facts = {
            f"memory of {who.name}": f"{began[who]} at rest, {Memory.of(up[who].pid)} afterwards"
            for who in up
        }
    rows = [row for rows in compared for row in rows]
    return Table("peers", f"{title}; ms; theirs is {peer.name}", rows, facts)


async def _compare(question: Question, up: Up, peer: Contender, rounds: int) -> list[Comparison]:
    turns = _turns(question, up, peer)
    batch, rounds = await _affordable(turns.values(), rounds)
    samples = await take_turns(turns, rounds, batch, warm_up=0)
    theirs = samples.pop(peer.name)
    return [
        Comparison(f"{question.what}, {tier} ({rounds * batch})", ours, theirs).in_milliseconds()
        for tier, ours in samples.items()
    ]


def _turns(question: Question, up: Up, peer: Contender) -> dict[str, Act]:
    return {
        who.name: timed(partial(question.theirs if who is peer else question.ours, server))
        for who, server in up.items()
    }


async def _affordable(turns: Iterable[Act], rounds: int) -> tuple[int, int]:
    """How large a batch, and how many of them; from one turn of each, which also warms up."""
    turns_affordable = int(_BUDGET_SECONDS / sum([await act() for act in turns]))
    batch = min(_BATCH, max(1, turns_affordable // rounds))
    return batch, min(rounds, max(3, turns_affordable // batch))
