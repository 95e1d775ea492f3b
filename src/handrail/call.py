"""One tool call, from arguments to outcome. Read this file first.

    plan → judge → (ask) → meter → confine → run → record

Every way to call a tool comes through here, so nothing that must hold may live elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

from handrail.errors import CallError, Denied, Draining, Internal
from handrail.meter.account import Account
from handrail.meter.meter import Bill, Meter
from handrail.meter.opening import open_store
from handrail.meter.queue import FairQueue
from handrail.meter.spent import Spent
from handrail.meter.traffic import Flight, Stage, Traffic
from handrail.plan.digest import digest
from handrail.plan.host import Host
from handrail.plan.plan import Plan, build_plan
from handrail.plan.stage import Earlier
from handrail.policy import access
from handrail.policy.approval import PATIENCE_SECONDS, Approval, ask, changed
from handrail.policy.caller import Caller
from handrail.policy.decision import Decision, Verdict
from handrail.policy.judge import judge
from handrail.policy.question import Question
from handrail.process.earlier import copied
from handrail.process.onlooker import Onlooker
from handrail.process.outcome import Outcome
from handrail.process.pool import Pool
from handrail.process.run import run
from handrail.process.spool import folder_in
from handrail.record.command_line import command_line
from handrail.record.outputs import Outputs
from handrail.record.record import CallRecord, Recorder, Refused
from handrail.record.steps import Step
from handrail.record.trace import Trace
from handrail.request import Call, new_call_id
from handrail.sandbox.confine import confine
from handrail.sandbox.means import Means
from handrail.spec.server import ServerSpec
from handrail.systems.files.own_trees import OwnTrees
from handrail.systems.files.reply import answered

_MOST_QUESTIONS = 64
"""Calls that wait for a person at once."""
_log = logging.getLogger("handrail.call")


class Line:
    """The line of one call, and what it stands on."""

    def __init__(
        self,
        spec: ServerSpec,
        host: Host,
        means: Means,
        pool: Pool,
        recorder: Recorder,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self.spec = spec
        self.outputs = Outputs()
        self.traffic = Traffic()
        self.spent = Spent()
        self.patience_seconds = patience_seconds
        self.state = host.state
        self._trees = OwnTrees(spec, host)
        self.means = means
        self.pool = pool
        self.recorder = recorder
        self.meter = Meter(spec, open_store(spec, host.state))
        self._questions = FairQueue(_MOST_QUESTIONS)
        self._spool = folder_in(host.state)

    async def call(self, call: Call) -> Outcome:
        """Do one call. Raises `CallError` when it could not be done; always leaves a record.

        A cancelled call returns too, with the ending `Cancelled`: the caller goes on with its
        cancellation when it has kept what there was.
        """
        record = CallRecord(
            call_id=call.id,
            tool=call.tool.name,
            caller=call.caller,
            end=Refused("cancelled", "cancelled before it started"),
            trace=call.trace,
            ok_exit=call.tool.ok_exit,
        )
        flight = Flight(call.id, call.tool.name, call.caller.name, time.monotonic(), call.stop)
        try:
            with self.traffic.counted(flight):
                record.end = outcome = await self._do(call, flight, record)
                return outcome
        except CallError as error:
            record.end = _refused(call, error)
            raise
        except Exception as error:  # ours, and whatever it is, the caller gets a coded answer
            _log.exception("internal error in call %s", call.id)
            record.end = Refused(Internal.code, type(error).__name__)
            raise Internal("internal error; the server's log has the rest") from error
        finally:
            record.steps.end()
            await self.recorder.end(record)

    async def _do(self, call: Call, flight: Flight, record: CallRecord) -> Outcome:
        reach = record.steps.reach
        access.check(self.spec.access, call.caller, call.tool)
        reach(Step.PLAN)
        record.plan = plan = await self._plan(call)
        reach(Step.JUDGE)
        record.verdict = judge(plan, self.spec.rules, self.means.tier, call.caller)
        if record.verdict.decision is Decision.ASK:
            reach(Step.ASK)
        record.approval = await self._permission(call, plan, record.verdict)
        reach(Step.QUEUE)
        flight.stage, flight.command = Stage.WAITING, partial(command_line, plan)
        async with self._lease(call) as pay, self._earlier(call, plan) as earlier:
            _refuse_stopped(call)
            reach(Step.RECORD)
            await self.recorder.begin(record)
            reach(Step.RUN)
            flight.stage = Stage.RUNNING
            outcome = await run(
                confine(plan, self.means),
                self.pool,
                spool=self._spool,
                onlooker=Onlooker(call.listen, None if plan.stages[0].work else flight.show),
                cut=call.cut,
                earlier=earlier,
            )
            reach(Step.ANSWER)
            pay(outcome.usage)
        return self._kept(call, plan, outcome)

    def _lease(self, call: Call) -> AbstractAsyncContextManager[Bill]:
        account = Account(call.caller.name, access.budget(self.spec.access, call.caller))
        return self.meter.lease(account, call.tool)

    def _kept(self, call: Call, plan: Plan, outcome: Outcome) -> Outcome:
        """The outcome, kept for paging; that of work on files has a value, and no output."""
        if plan.stages[0].work:
            return answered(outcome)
        self.outputs.keep(call.caller.name, call.id, call.tool.name, outcome)
        return outcome

    async def _plan(self, call: Call) -> Plan:
        host = self._trees.host_of(call.caller.name)
        planning = partial(build_plan, self.spec, call.tool, call.arguments, host)
        # A large repository takes a while to look through, and other calls go on meanwhile.
        plan = await asyncio.to_thread(planning) if host.inspects(call.tool) else planning()
        if isinstance(plan.stdin, Earlier):
            # Nobody is asked about a plan that names what is not there.
            self.outputs.find(call.caller.name, plan.stdin.call_id, plan.stdin.stream)
        return plan

    @asynccontextmanager
    async def _earlier(self, call: Call, plan: Plan) -> AsyncIterator[int | None]:
        """A descriptor to read the earlier output that the plan names; None when it names none."""
        if not isinstance(plan.stdin, Earlier):
            yield None
            return
        # Looked up again: while the call waited for its turn, others took the room.
        output = self.outputs.find(call.caller.name, plan.stdin.call_id, plan.stdin.stream)
        async with copied(output, self._spool) as descriptor:
            yield descriptor

    async def _permission(self, call: Call, plan: Plan, verdict: Verdict) -> Approval | None:
        """A person's word for the plan, where one is needed."""
        match verdict.decision:
            case Decision.ALLOW:
                return None
            case Decision.DENY:
                raise Denied(verdict.why, hint=verdict.way_out)
            case Decision.ASK:
                return await self._word(call, Question(plan, verdict))

    async def _word(self, call: Call, question: Question) -> Approval:
        """A person's word for a plan. No place to run is held while they think.

        When they have given it, the plan must still be what they were shown: paths may lead
        elsewhere by then.
        """
        async with self._questions.place(call.caller.name, call.tool.name):
            approval = await ask(
                call.approver, question, call.cut, patience_seconds=self.patience_seconds
            )
        if digest(await self._plan(call)) != question.digest:
            raise changed()
        return approval

    async def refuse(
        self, tool: str, caller: Caller, error: CallError, trace: Trace | None = None
    ) -> str:
        """Record a call that was refused before it could be planned; its id."""
        call_id, end = new_call_id(), Refused(error.code, error.message)
        record = CallRecord(call_id=call_id, tool=tool, caller=caller, end=end, trace=trace)
        record.steps.end()
        await self.recorder.end(record)
        return call_id


def _refused(call: Call, error: CallError) -> Refused:
    for note in getattr(error, "__notes__", ()):  # for the owner, and no part of the answer
        _log.error("call %s: %s: %s", call.id, error.message, note)
    return Refused(error.code, error.message)


def _refuse_stopped(call: Call) -> None:
    """Start nothing that nobody waits for any more."""
    if call.was_stopped:
        raise Draining("the call was stopped while it waited for its turn")
