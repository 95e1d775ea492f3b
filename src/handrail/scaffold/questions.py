"""The twelve questions."""

from __future__ import annotations

from typing import Any

from handrail.scaffold import questions_of_serving as serving
from handrail.scaffold import questions_of_tools as tools
from handrail.scaffold.answers import Answers
from handrail.scaffold.question import Part, Question
from handrail.scaffold.settled import Settled
from handrail.scaffold.surroundings import Surroundings

QUESTIONS: tuple[Question, ...] = (
    tools.NAME,
    tools.TOOLS,
    tools.CHANGES,
    serving.STATE,
    serving.RUNS,
    tools.WORKSPACE,
    tools.ENVIRONMENT,
    serving.CONFINEMENT,
    tools.HOSTS,
    serving.CREDENTIALS,
    serving.LIMITS,
    serving.LOGGING,
)
PARTS = tuple((number, part) for number, one in enumerate(QUESTIONS, 1) for part in one.parts)
"""Every answer there is to give, with the number of its question."""


def facts(surroundings: Surroundings) -> list[dict[str, Any]]:
    """The interview as data, with the defaults that hold in these surroundings.

    What belongs to the same question is in `also`. `applies` is whether it has any meaning as
    long as all other answers are the defaults; `default` is None for what must be given then.
    """
    settled = Settled(Answers(), surroundings)
    told = []
    for one in QUESTIONS:
        first, *others = (_fact(part, settled) for part in one.parts)
        told.append({**first, "also": others} if others else first)
    return told


def _fact(part: Part, settled: Settled) -> dict[str, Any]:
    options = [{"value": one.value, "words": one.words} for one in part.options]
    return {
        "key": part.key,
        "question": part.ask,
        "help": part.help,
        "kind": part.kind.value,
        **({"options": options} if options else {}),
        "default": part.default(settled),
        "applies": part.applies(settled),
        "writes": part.writes,
    }
