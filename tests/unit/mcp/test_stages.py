"""An answer tells how each stage of a pipeline ended, and says of a failure what `ok` hides."""

from __future__ import annotations

from handrail.mcp.answer import Answer, answer
from handrail.mcp.output_schema import output_schema
from handrail.mcp.prose import tell
from handrail.process.outcome import Exited, Outcome, Signalled, StageEnding
from handrail.process.output import Output
from handrail.sandbox.confine import Confinement
from handrail.spec.server import Tier
from tests.builders import free_tool, tool

TOOL = free_tool("git", "head")


def answered(*stages: StageEnding, note: str | None = None) -> Answer:
    outcome = Outcome(
        ending=Exited(0),
        stdout=Output(),
        stderr=Output(),
        seconds=0.1,
        cpu_seconds=0.0,
        max_rss_bytes=0,
        confinement=Confinement(Tier.RLIMITS, network=True),
        note=note,
        stages=stages,
    )
    return answer("id", TOOL, outcome, 1000)


def test_every_stage_has_its_program_and_its_ending() -> None:
    told = answered(
        StageEnding("git", Signalled("SIGPIPE")), StageEnding("head", Exited(0))
    ).structure()
    assert (told["ok"], told["ending"]) == (True, {"kind": "exited", "code": 0})
    assert told["stages"] == [
        {"program": "git", "ending": {"kind": "signalled", "signal": "SIGPIPE"}},
        {"program": "head", "ending": {"kind": "exited", "code": 0}},
    ]


def test_one_command_has_no_stages() -> None:
    assert "stages" not in answered().structure()


def test_the_text_says_what_failed_before_the_last() -> None:
    stages = StageEnding("git", Exited(128)), StageEnding("head", Exited(0))
    text = tell(answered(*stages, note="stage 1, git, exited with code 128"))
    assert text.startswith("run exited with code 0, after 0.10 s. Note: stage 1, git, exited with")


def test_only_a_tool_that_can_have_stages_announces_them() -> None:
    assert "stages" in output_schema(TOOL)["properties"]
    assert "stages" not in output_schema(tool("{a}", params={"a": {}}))["properties"]
