"""The recorder: before effects, after calls, through failures, kills and cancellations."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handrail.errors import StorageFull, UsageError
from handrail.policy.caller import Caller
from handrail.policy.decision import Decision, Ground, Verdict
from handrail.process.output import Output
from handrail.record.audit.keep import audited
from handrail.record.audit.writer import MOST_UNWRITTEN
from handrail.record.record import CallRecord, Recorder, Refused
from handrail.spec.server import Tier
from handrail.spec.tool import Effect
from tests.builders import host, plan, server, tool
from tests.running import eventually
from tests.unit.record.audit.keeping import place_in, records, verified
from tests.unit.record.test_logbook import OUTCOME

ALLOWED = Verdict(Decision.ALLOW)


class Other:
    """A recorder that keeps nothing."""

    is_failing = False

    async def begin(self, call: CallRecord) -> None:
        pass

    async def end(self, call: CallRecord) -> None:
        pass


@asynccontextmanager
async def auditing(folder: Path, **table: Any) -> AsyncIterator[Recorder]:
    """An audit in `folder`, of a server whose workspace is elsewhere."""
    spec = server(tool(), audit={"file": "audit.jsonl", **table})
    machine = host(folder / "workspace", file=folder / "handrail.toml", state=folder / ".handrail")
    async with audited(Other(), spec, machine, Tier.LANDLOCK) as recorder:
        yield recorder


def record(call_id: str, effect: Effect = Effect.WRITE, *argv: str, **changes: Any) -> CallRecord:
    planned = plan("/bin/echo", *argv, effect=effect, **changes)
    return CallRecord(call_id=call_id, tool="t", plan=planned, verdict=ALLOWED, end=OUTCOME)


async def done(recorder: Recorder, call: CallRecord) -> None:
    await recorder.begin(call)
    await recorder.end(call)


def kinds(folder: Path) -> list[tuple[str, str]]:
    return [(one["kind"], one.get("call_id", "")) for one in records(folder)]


@pytest.mark.parametrize("sync", ["always", "second"])
async def test_effects_are_written_before_and_all_calls_after(tmp_path: Path, sync: str) -> None:
    async with auditing(tmp_path, sync=sync) as recorder:
        writing = record("a")
        await recorder.begin(writing)
        assert kinds(tmp_path) == [("begin", "a")]
        await recorder.end(writing)
        await done(recorder, record("b", Effect.READ))
        assert kinds(tmp_path)[1:] == [("end", "a"), ("end", "b")]
    assert verified(tmp_path).is_whole
    assert sorted(path.name for path in tmp_path.glob("audit*")) == [
        *("audit.jsonl", "audit.jsonl.head", "audit.jsonl.key"),
    ]


async def test_nothing_secret_and_nothing_endless_is_written(tmp_path: Path) -> None:
    call = record(
        "a", Effect.READ, "hunter2", "--token", "x1y2z3", "x" * 200_000, hidden=("hunter2",)
    )
    call.caller = Caller("jwt:two\nlines \x1b[1m\ud800", frozenset({"dev", "admin"}))
    call.verdict = Verdict(Decision.ASK, (Ground(Decision.ASK, "says hunter2", "rule 1"),))
    call.end = Refused("denied", "password=hunter3 is wrong")
    async with auditing(tmp_path) as recorder:
        await recorder.end(call)
    (line,) = records(tmp_path)
    text = place_in(tmp_path).file.read_text()
    assert not any(secret in text for secret in ("hunter2", "x1y2z3", "hunter3"))
    assert len(text) < 10_000
    assert "200,000 bytes in all" in line["plan"]["argv"][-1]
    assert (line["caller"], line["roles"]) == (call.caller.name, ["admin", "dev"])
    assert line["verdict"]["rules"] == [
        {"decision": "ask", "source": "rule 1", "reason": "says ***"}
    ]


async def test_a_digest_tells_plans_apart_by_what_is_hidden_too(tmp_path: Path) -> None:
    async with auditing(tmp_path) as recorder:
        for name, word in (("a", "one-secret"), ("b", "one-secret"), ("c", "another1")):
            await recorder.end(record(name, Effect.READ, word, hidden=(word,)))
    plans = [one["plan"] for one in records(tmp_path)]
    assert [each["argv"] for each in plans] == [["/bin/echo", "***"]] * 3
    assert plans[0]["digest"] == plans[1]["digest"] != plans[2]["digest"]


async def test_while_it_cannot_be_written_effects_stop_and_all_else_is_kept(tmp_path: Path) -> None:
    async with auditing(tmp_path) as recorder:
        await done(recorder, record("before"))
        head = place_in(tmp_path).head
        good = head.read_bytes()
        head.write_bytes(b"x" * len(good))
        refused = record("refused")
        with pytest.raises(StorageFull):
            await recorder.begin(refused)
        refused.end = Refused("storage_full", "no room")
        await recorder.end(refused)
        await done(recorder, record("read", Effect.READ))
        assert recorder.is_failing
        assert len(records(tmp_path)) == 2
        head.write_bytes(good)
        await done(recorder, record("after"))
        assert not recorder.is_failing
    expected = ["before", "before", "refused", "read", "after", "after"]
    assert [call_id for _, call_id in kinds(tmp_path)] == expected
    assert verified(tmp_path).is_whole


async def test_what_could_not_be_kept_is_counted(tmp_path: Path) -> None:
    async with auditing(tmp_path) as recorder:
        running = record("running")
        await recorder.begin(running)
        head = place_in(tmp_path).head
        good = head.read_bytes()
        head.write_bytes(b"x" * len(good))
        for number in range(MOST_UNWRITTEN + 7):
            await recorder.end(record(f"{number}", Effect.READ))
        await recorder.end(running)
        head.write_bytes(good)
        await eventually(lambda: not recorder.is_failing)
    (gap,) = [one for one in records(tmp_path) if one["kind"] == "gap"]
    assert (gap["reason"], gap["records"]) == ("unwritten", 7)
    assert ("end", "running") in kinds(tmp_path)
    report = verified(tmp_path)
    assert report.is_whole
    assert "7 records" in report.notes[0]


async def test_calls_of_a_server_that_is_gone_are_lost_and_those_of_another_are_not(
    tmp_path: Path,
) -> None:
    async with auditing(tmp_path) as living:
        await living.begin(record("lives"))
        async with auditing(tmp_path) as killed:
            for number in range(3):
                await done(killed, record(f"{number}"))
            await killed.begin(record("lost"))
            # What is left of a server that is killed: its file, which nobody holds.
            (path,) = [
                path
                for path in tmp_path.glob("*.server")
                if f'"{path.name.split(".")[2]}","call_id":"lost"'
                in place_in(tmp_path).file.read_text()
            ]
            left = path.read_bytes()
        path.write_bytes(left)
        async with auditing(tmp_path):
            pass
        lost = [one for one in records(tmp_path) if one["kind"] == "lost"]
        assert [(one["call_id"], one["tool"], one["caller"]) for one in lost] == [
            ("lost", "t", "local")
        ]
        assert not path.exists()
        await living.end(record("lives"))
    report = verified(tmp_path)
    assert report.is_whole
    assert [note.partition(":")[0] for note in report.notes] == ["lost"]


@pytest.mark.parametrize("sync", ["always", "second"])
async def test_a_cancelled_call_keeps_its_record_and_its_digests(tmp_path: Path, sync: str) -> None:
    content = os.urandom(3_000_000)
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        output = Output(len(content), file=file.fileno())
        call = record("a", Effect.READ)
        call.end = replace(OUTCOME, stdout=output)
        async with auditing(tmp_path, sync=sync) as recorder:
            ending = asyncio.ensure_future(recorder.end(call))
            await asyncio.sleep(0)
            ending.cancel()
            await asyncio.wait([ending])
    (line,) = records(tmp_path)
    assert line["stdout"] == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


async def test_it_is_not_kept_where_tools_could_come_near_it(tmp_path: Path) -> None:
    spec = server(tool(), audit={"file": "workspace/audit.jsonl"})
    (tmp_path / "workspace").mkdir()
    machine = host(tmp_path / "workspace", file=tmp_path / "handrail.toml")
    with pytest.raises(UsageError, match="lies in the workspace"):
        async with audited(Other(), spec, machine, Tier.LANDLOCK):
            pass
