"""Recent outputs are kept; old ones make room."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from handrail.errors import NotFound
from handrail.process.outcome import Exited, Outcome
from handrail.process.output import Output
from handrail.record.outputs import Outputs
from handrail.sandbox.confine import Confinement
from handrail.spec.server import Tier


def outcome(stdout: Output) -> Outcome:
    return Outcome(
        ending=Exited(0),
        stdout=stdout,
        stderr=Output(),
        seconds=0.1,
        cpu_seconds=0.0,
        max_rss_bytes=0,
        confinement=Confinement(Tier.RLIMITS, network=True),
    )


def in_memory(size: int) -> Output:
    return Output(size, b"x" * size)


def on_disk() -> Output:
    with tempfile.TemporaryFile() as file:
        file.write(b"spooled")
        file.flush()
        return Output(7, file=os.dup(file.fileno()))


def test_the_newest_256_calls_are_kept() -> None:
    outputs = Outputs()
    for number in range(300):
        outputs.keep(f"call-{number}", "tool", outcome(in_memory(10)))

    assert [f"call-{n}" for n in range(299, 43, -1)] == [name for name, _ in outputs.recent()]
    with pytest.raises(NotFound):
        outputs.find("call-43", "stdout")


def test_large_outputs_push_out_older_ones_but_never_themselves() -> None:
    outputs = Outputs()
    outputs.keep("small", "tool", outcome(in_memory(10)))
    outputs.keep("large", "tool", outcome(in_memory(9 * 1024**2)))

    assert [name for name, _ in outputs.recent()] == ["large"]

    outputs.keep("next", "tool", outcome(in_memory(10)))

    assert [name for name, _ in outputs.recent()] == ["next"]


def test_few_files_are_held_open_and_none_after_clearing() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    outputs = Outputs()
    for number in range(100):
        outputs.keep(f"call-{number}", "tool", outcome(on_disk()))

    assert before + 64 == len(list(Path("/proc/self/fd").iterdir()))

    outputs.clear()

    assert before == len(list(Path("/proc/self/fd").iterdir()))


def test_a_stream_that_there_is_not_is_not_found() -> None:
    outputs = Outputs()
    outputs.keep("call", "tool", outcome(in_memory(3)))

    assert outputs.find("call", "stdout").read(0, 10) == b"xxx"
    with pytest.raises(NotFound):
        outputs.find("call", "stdlog")
