"""Recent outputs are kept; old ones make room."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
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
        outputs.keep("local", f"call-{number}", "tool", outcome(in_memory(10)))

    assert [f"call-{n}" for n in range(299, 43, -1)] == [
        name for name, _ in outputs.recent("local")
    ]
    with pytest.raises(NotFound):
        outputs.find("local", "call-43", "stdout")


def test_large_outputs_push_out_older_ones_but_never_themselves() -> None:
    outputs = Outputs()
    outputs.keep("local", "small", "tool", outcome(in_memory(10)))
    outputs.keep("local", "large", "tool", outcome(in_memory(9 * 1024**2)))

    assert [name for name, _ in outputs.recent("local")] == ["large"]

    outputs.keep("local", "next", "tool", outcome(in_memory(10)))

    assert [name for name, _ in outputs.recent("local")] == ["next"]


def test_few_files_are_held_open_and_none_after_clearing() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    outputs = Outputs()
    for number in range(100):
        outputs.keep("local", f"call-{number}", "tool", outcome(on_disk()))

    assert before + 64 == len(list(Path("/proc/self/fd").iterdir()))

    outputs.clear()

    assert before == len(list(Path("/proc/self/fd").iterdir()))


def test_a_stream_that_there_is_not_is_not_found() -> None:
    outputs = Outputs()
    outputs.keep("local", "call", "tool", outcome(in_memory(3)))

    assert outputs.find("local", "call", "stdout").read(0, 10) == b"xxx"
    with pytest.raises(NotFound):
        outputs.find("local", "call", "stdlog")


def test_what_is_another_callers_is_as_if_it_never_was() -> None:
    outputs = Outputs()
    outputs.keep("ann", "call", "tool", outcome(in_memory(3)))

    with pytest.raises(NotFound) as others:
        outputs.find("bob", "call", "stdout")
    with pytest.raises(NotFound) as nobodys:
        outputs.find("bob", "never", "stdout")

    assert (others.value.message, others.value.hint) == (
        nobodys.value.message,
        nobodys.value.hint,
    )
    assert outputs.recent("bob") == []
    assert [name for name, _ in outputs.recent("ann")] == ["call"]


@pytest.mark.parametrize("kind", [lambda: in_memory(10), lambda: in_memory(1024**2), on_disk])
def test_a_caller_with_many_pushes_out_their_own(kind: Callable[[], Output]) -> None:
    outputs = Outputs()
    for caller in ("ann", "bob"):
        outputs.keep(caller, "first", "tool", outcome(kind()))
    for number in range(300):
        outputs.keep("bob", f"call-{number}", "tool", outcome(kind()))

    assert outputs.find("ann", "first", "stdout").size
    assert "first" not in dict(outputs.recent("bob"))
    assert next(iter(outputs.recent("bob")))[0] == "call-299"
    outputs.clear()
    assert outputs.recent("ann") == []


def test_many_callers_share_the_room() -> None:
    outputs = Outputs()
    for number in range(1000):
        outputs.keep(f"caller-{number}", "call", "tool", outcome(in_memory(10)))

    assert sum(len(outputs.recent(f"caller-{number}")) for number in range(1000)) == 256
    assert outputs.recent("caller-999")
