"""The recorder that keeps a proof of every call."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping

from handrail.errors import StorageFull
from handrail.plan.plan import Plan
from handrail.record.audit import facts
from handrail.record.audit.digests import LONG_BYTES, Digests
from handrail.record.audit.facts import Facts, line
from handrail.record.audit.writer import Lag, Writer
from handrail.record.record import CallRecord
from handrail.spec.server import Tier
from handrail.spec.tool import Effect


class Audit:
    """Has each call written down: before its effect, and when it has ended.

    Calls without an effect go on while nothing can be written; what they did is written later.
    `server` is the name of this server among those that write to the file, `effects` has those
    of the tools by name, and `tier` is what holds their commands.
    """

    def __init__(
        self, writer: Writer, key: bytes, server: str, effects: Mapping[str, Effect], tier: Tier
    ) -> None:
        self._writer = writer
        self._key = key
        self._server = server
        self._effects = effects
        self._tier = tier
        self._plans: dict[str, Facts] = {}
        self._unfinished: set[asyncio.Task[None]] = set()

    @property
    def is_failing(self) -> bool:
        """Whether calls cannot be written down, so that those with effects are refused."""
        return self._writer.is_failing

    @property
    def lag(self) -> Lag:
        """How far what is written is behind what was done; may be asked in any thread."""
        return self._writer.lag

    async def begin(self, call: CallRecord) -> None:
        """Write that a call is about to have its effect; nothing for one that has none.

        Raises `StorageFull` when that cannot be written: then nothing may start.
        """
        if call.plan is None or call.plan.effect is Effect.READ:
            return
        plan = self._plans[call.call_id] = await self._planned(call.plan)
        try:
            await self._writer.begin(call.call_id, self._line("begin", call, plan))
        except OSError as failed:
            raise StorageFull(
                "the call cannot be recorded, and is not done without a record",
                hint="Calls that change nothing still work. Tell the server's owner that the "
                f"audit file cannot be written: {failed.strerror or failed}.",
            ) from failed

    async def end(self, call: CallRecord) -> None:
        """Write how a call ended, or see to it that this is written when that can be done."""
        plan, digests = self._plans.pop(call.call_id, None), Digests(call.end)
        if digests.are_long or (plan is None and call.plan is not None and _is_long(call.plan)):
            await self._surely(self._end_long(call, plan, digests))
            return
        if plan is None and call.plan is not None:
            plan = self._facts(call.plan)
        self._writer.end(call.call_id, self._ended(call, plan, digests.take()))
        if not self._writer.write_now():
            await self._surely(self._writer.write())

    async def close(self) -> None:
        """Write what is left."""
        await asyncio.gather(*self._unfinished)
        await self._writer.close()

    async def _end_long(self, call: CallRecord, plan: Facts | None, digests: Digests) -> None:
        taken = await asyncio.to_thread(digests.take)
        if plan is None and call.plan is not None:
            plan = await self._planned(call.plan)
        self._writer.end(call.call_id, self._ended(call, plan, taken))
        await self._writer.write()

    async def _planned(self, plan: Plan) -> Facts:
        if _is_long(plan):
            return await asyncio.to_thread(self._facts, plan)
        return self._facts(plan)

    def _facts(self, plan: Plan) -> Facts:
        """What would be done, and a name for exactly that."""
        return {**facts.planned(plan), "digest": facts.digest(plan, self._key)}

    def _ended(
        self, call: CallRecord, plan: Facts | None, digests: Mapping[str, str | None]
    ) -> str:
        return self._line("end", call, plan, facts.ended(call, digests))

    def _line(
        self, kind: str, call: CallRecord, plan: Facts | None, ended: Facts | None = None
    ) -> str:
        said = facts.who(call, self._effects.get(call.tool))
        if plan is not None:
            said["plan"] = plan
            said["tier"] = self._tier.value
        return line(kind, self._server, {**said, **facts.judged(call), **(ended or {})})

    async def _surely(self, work: Coroutine[None, None, None]) -> None:
        """Do it also when whoever waits for it is cancelled."""
        task = asyncio.ensure_future(work)
        self._unfinished.add(task)
        task.add_done_callback(self._unfinished.discard)
        await asyncio.shield(task)


def _is_long(plan: Plan) -> bool:
    given = len(plan.stdin) if isinstance(plan.stdin, bytes) else 0
    return given + sum(len(word) for stage in plan.stages for word in stage.argv) > LONG_BYTES
