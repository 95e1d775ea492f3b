"""The log has every command of a call, with hidden values covered."""

from __future__ import annotations

from structlog.testing import capture_logs

from handrail.process.outcome import Exited, Outcome
from handrail.process.output import Output
from handrail.record.logbook import Logbook
from handrail.record.record import CallRecord
from handrail.sandbox.confine import Confinement
from handrail.spec.server import Tier
from tests.builders import plan
from tests.pipelines import stages

OUTCOME = Outcome(
    ending=Exited(0),
    stdout=Output(),
    stderr=Output(),
    seconds=0.1,
    cpu_seconds=0.0,
    max_rss_bytes=0,
    confinement=Confinement(Tier.RLIMITS, network=True),
)


async def logged(*commands: list[str]) -> dict[str, object]:
    planned = plan(*commands[0], stages=stages(*commands), hidden=("hunter2",))
    with capture_logs() as lines:
        await Logbook().end(
            CallRecord(call_id="id", tool="t", plan=planned, verdict=None, end=OUTCOME)
        )
    (line,) = lines
    return dict(line)


async def test_one_command_is_its_argv() -> None:
    line = await logged(["/bin/echo", "the hunter2"])
    assert (line["argv"], line.get("pipe")) == (["/bin/echo", "the ***"], None)


async def test_a_pipeline_is_all_of_its_argvs() -> None:
    line = await logged(["/bin/echo", "hunter2"], ["/bin/cat"], ["/bin/cat", "hunter2"])
    assert line["pipe"] == [["/bin/echo", "***"], ["/bin/cat"], ["/bin/cat", "***"]]
    assert "argv" not in line
