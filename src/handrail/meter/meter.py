"""The meter: who may go on, when, and what it costs them."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import islice

import structlog

from handrail.errors import Busy
from handrail.meter.account import Account, Usage
from handrail.meter.claims import ALL, caller_of, charges, costs, hits, places, refused
from handrail.meter.queue import PATIENCE_SECONDS, FairQueue
from handrail.meter.store import Away, Charge, Claim, Place, Refusal, Store
from handrail.meter.waits import Waits
from handrail.spec.server import ServerSpec
from handrail.spec.tool import Effect, ToolSpec

Bill = Callable[[Usage], None]
"""Says what a call used."""
_MOST_ACCOUNTS = 1_000
_MOST_LOOKED_AT = 100
"""Of those, how many are asked about at once."""
_UNPAID_SECONDS = 0.05
"""How long what was used is collected, before it is counted at once."""
_PAUSE_SECONDS = 0.1
"""Between two looks for a place that another server gives back."""
_AWAY_SECONDS = 5.0
_log = structlog.stdlib.get_logger("handrail.meter")


@dataclass(frozen=True, slots=True)
class Bound:
    """A quota of the server file: of `calls`, `cpu` and so on, in windows of that length.

    `whose` is `"caller"` for what each caller may use, and `"all"` for what they may together.
    """

    what: str
    whose: str
    seconds: int


class Meter:
    """Rates, quotas and places, per caller, per tool and of all together."""

    def __init__(self, spec: ServerSpec, store: Store) -> None:
        self._access = spec.access
        self._store = store
        most = spec.access.total.concurrency or spec.limits.concurrency
        by_tool = {tool.name: tool.concurrency for tool in spec.tools if tool.concurrency}
        self.queue = FairQueue(min(most, spec.limits.concurrency), by_tool)
        self.waits = Waits()
        self.is_away = False
        """Whether the store was away when it was last asked."""
        self._accounts: OrderedDict[str, Account] = OrderedDict()
        self._unpaid: list[Charge] = []
        self._closing = asyncio.Event()
        self._later: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def lease(self, account: Account, tool: ToolSpec) -> AsyncIterator[Bill]:
        """Hold what one call needs; it is charged with what it is said to have used.

        Raises `RateLimited`, `QuotaExhausted` and `Busy`.
        """
        self._remember(account)
        now = self.queue.has_place(account.name, tool.name, account.budget.concurrency)
        first = hits(account, tool, self._access.total)
        if not now:  # who comes too often does not wait to be told so
            await self._take(first, tool)
        async with AsyncExitStack() as held:
            with self.waits.counted():
                await held.enter_async_context(self._place(account, tool, first if now else []))
            yield lambda usage: self._charge(account, usage)

    async def used(self, caller: str) -> Mapping[str, tuple[int, int, float]]:
        """What a caller of late has used, how much of it they may, and for how many seconds
        that counts; by what is counted. Raises `Away`."""
        account = self._accounts.get(caller)
        asked = [] if account is None else charges(caller_of(account), account.budget)
        found = await self._store.used(asked) if asked else {}
        return {
            one.name.partition(":")[0]: (used, one.limit, left)
            for one in asked
            for used, left in [found[one.name]]
        }

    async def fullest(self) -> Mapping[Bound, float]:
        """Of every quota, the share that is used, more than 1 when it was passed; of those of
        callers, that of the caller who has used most, among those who called last.

        Raises `Away`.
        """
        callers = islice(reversed(self._accounts.values()), _MOST_LOOKED_AT)
        asked = charges(ALL, self._access.total)
        for account in callers:
            asked += charges(caller_of(account), account.budget)
        found = await self._store.used(asked) if asked else {}
        shares: dict[Bound, float] = {}
        for one in asked:
            bound, (used, _) = _bound(one), found[one.name]
            shares[bound] = max(shares.get(bound, 0.0), used / one.limit)
        return shares

    async def ask(self) -> None:
        """Hear whether the store answers. Raises `Away`."""
        try:
            await self._store.used([])
        except Away as away:
            self._miss(str(away))
            raise
        self._answered()

    async def close(self) -> None:
        """Count what is still to be counted, and let go of the store."""
        self._closing.set()
        if self._later:
            await asyncio.wait(self._later)
        await self._store.close()

    @asynccontextmanager
    async def _place(
        self, account: Account, tool: ToolSpec, also: Sequence[Claim]
    ) -> AsyncIterator[None]:
        """A place here, and with a shared store one among those of all servers, too.

        All else that is claimed comes with it in one step: each is a way to the store and back.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        held = self._shared_places(account)
        total = charges(ALL, self._access.total)
        own = charges(caller_of(account), account.budget)
        claims: list[Claim] = [*also, *own, *total, *held]
        while True:
            async with self.queue.place(account.name, tool.name, account.budget.concurrency):
                refusal = await self._take(claims, tool)
                if refusal is None:
                    try:
                        yield
                    finally:
                        self._give_back(held)
                    return
            # No place of ours is kept from others while another server has what we wait for.
            if time.monotonic() > deadline:
                raise Busy(
                    f"other servers have every place for {account.name}",
                    hint="Try again later.",
                    retry_after_seconds=PATIENCE_SECONDS,
                )
            await asyncio.sleep(_PAUSE_SECONDS)

    def _shared_places(self, account: Account) -> list[Place]:
        if not self._store.shared:
            return []
        return places(account, self._access.total, secrets.token_hex(8))

    async def _take(self, claims: Sequence[Claim], tool: ToolSpec) -> Refusal | None:
        """Take what is claimed; the refusal, when only a place is missing.

        Raises `CallError` for any other refusal, and when nobody knows.
        """
        if not claims:
            return None
        try:
            refusal = await self._store.take(claims)
        except Away as away:
            self._miss(str(away))
            if tool.effect is Effect.READ and self._access.without_store == "read":
                return None
            raise _uncounted() from away
        self._answered()
        if refusal is None or isinstance(refusal.claim, Place):
            return refusal
        raise refused(refusal)

    def _charge(self, account: Account, usage: Usage) -> None:
        """Count it while the answer is on its way, with that of other calls."""
        own = costs(caller_of(account), account.budget, usage)
        used = [*own, *costs(ALL, self._access.total, usage)]
        if used and not self._unpaid:
            self._do_later(self._pay_soon())
        self._unpaid += used

    async def _pay_soon(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), _UNPAID_SECONDS)
        unpaid, self._unpaid = self._unpaid, []
        try:
            await self._store.add(unpaid)
        except Away as away:
            self._miss(str(away))

    def _give_back(self, held: Sequence[Place]) -> None:
        if held:
            self._do_later(self._free(held))

    async def _free(self, held: Sequence[Place]) -> None:
        try:
            await self._store.free(held)
        except Away as away:  # they are free when their lease has ended
            self._miss(str(away))

    def _do_later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    def _remember(self, account: Account) -> None:
        self._accounts[account.name] = account
        self._accounts.move_to_end(account.name)
        if len(self._accounts) > _MOST_ACCOUNTS:
            self._accounts.popitem(last=False)

    def _miss(self, why: str) -> None:
        if not self.is_away:
            self.is_away = True
            _log.error("the store of budgets is away", why=why)

    def _answered(self) -> None:
        if self.is_away:
            self.is_away = False
            _log.info("the store of budgets answers again")


def _bound(charge: Charge) -> Bound:
    what, whose, *_ = charge.name.split(":", 2)
    return Bound(what, whose, charge.seconds)


def _uncounted() -> Busy:
    return Busy(
        "budgets cannot be counted now, and uncounted nothing is done",
        hint="The server's store is away; try again later.",
        retry_after_seconds=_AWAY_SECONDS,
    )
