"""How an answer shows what the confinement denied."""

from __future__ import annotations

import jsonschema
import pytest

from handrail.mcp import prose
from handrail.mcp.answer import Answer, answer
from handrail.mcp.output_schema import output_schema
from handrail.process.outcome import Exited, Outcome, TimedOut
from handrail.process.output import Output
from handrail.sandbox.confine import Confinement
from handrail.sandbox.denial import Denial
from handrail.spec.server import Tier
from tests.builders import tool

READING = Denial("reading /x", "inferred: it said “cat: /x: no”", 'readable = ["/x"]')
MOUNTING = Denial("changing what is mounted", "the kernel's filter refused it", None)


def answered(*denials: Denial, ending: Exited | TimedOut = Exited(1)) -> Answer:  # noqa: B008  # frozen
    outcome = Outcome(
        ending=ending,
        stdout=Output(5, b"said\n"),
        stderr=Output(),
        seconds=1.0,
        cpu_seconds=0.1,
        max_rss_bytes=1000,
        confinement=Confinement(Tier.LANDLOCK, network=False),
        denials=denials,
    )
    return answer("0" * 20, tool(), outcome, 1000)


def test_the_structure_has_them_as_declared() -> None:
    structure = answered(READING, MOUNTING).structure()

    assert structure["denials"] == [
        {
            "operation": "reading /x",
            "evidence": "inferred: it said “cat: /x: no”",
            "allow": 'readable = ["/x"]',
        },
        {
            "operation": "changing what is mounted",
            "evidence": "the kernel's filter refused it",
        },
    ]
    jsonschema.validate(structure, output_schema(tool()))


def test_without_denials_nothing_is_said() -> None:
    assert "denials" not in answered().structure()
    assert "Confinement" not in prose.tell(answered())


def test_the_text_has_a_line_for_each_after_the_output_and_before_what_is_next() -> None:
    text = prose.tell(answered(READING, MOUNTING, ending=TimedOut(1.0)))

    assert text.split("\n\n")[1:] == [
        "said",
        "Confinement: it was kept from reading /x (inferred: it said “cat: /x: no”). "
        'The owner could allow it with readable = ["/x"] in tool "t".',
        "Confinement: it was kept from changing what is mounted (the kernel's filter refused it).",
        "Next: ask for less in one call; the limit is the server owner's.",
    ]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("user\u202etxt.exe", "user\\u{202e}txt.exe"),
        ("a\0b", "a␀b"),
    ],
)
def test_what_the_command_said_is_safe_to_show(said: str, shown: str) -> None:
    (denial,) = answered(Denial("reading /x", said, None)).denials

    assert denial["evidence"] == shown
