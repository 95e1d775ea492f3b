"""What a plan runs, in one line, for people who watch."""

from __future__ import annotations

import shlex
from pathlib import Path

from handrail.plan.plan import Plan
from handrail.plan.stage import Stage
from handrail.process.mask import cover

_LONGEST = 200


def command_line(plan: Plan) -> str:
    """The commands as they could be typed, by the names of their programs, secrets covered.

    It may be cut off, lacks what a profile puts in to turn things off, and is nothing to run:
    the record has what was really planned.
    """
    text = " | ".join(map(_words, plan.stages))
    return cover(text, plan.hidden)[:_LONGEST]


def _words(stage: Stage) -> str:
    words = stage.argv[1:] if stage.reading is None else stage.reading.words
    return shlex.join([Path(stage.argv[0]).name, *words])
