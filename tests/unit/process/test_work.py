"""Work of ours in a fork: it has what a program would have, and nothing else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from handrail.process.zygote.work import Work, fork


@pytest.fixture
def streams(tmp_path: Path) -> list[int]:
    (tmp_path / "in").write_bytes(b"told")
    opened = [os.open(tmp_path / "in", os.O_RDONLY)]
    opened += [os.open(tmp_path / name, os.O_RDWR | os.O_CREAT) for name in ("out", "err")]
    return opened


def done(work: Work, streams: Sequence[int]) -> tuple[int, bytes, bytes]:
    """The wait status, and what was written."""
    status = os.waitpid(fork(work, [b"a", b"b"], streams), 0)[1]
    said = [os.pread(streams[n], 65_536, 0) for n in (1, 2)]
    for stream in streams:
        os.close(stream)
    return status, said[0], said[1]


def test_it_gets_its_words_and_its_streams(streams: list[int]) -> None:
    def work(argv: Sequence[bytes]) -> int:
        os.write(1, b" ".join(argv) + b" " + os.read(0, 100))
        os.write(2, b"err")
        return 7

    assert done(work, streams) == (7 << 8, b"a b told", b"err")


def test_it_leads_a_session_and_has_nothing_else_open(streams: list[int]) -> None:
    left = os.open("/", os.O_PATH)

    def work(argv: Sequence[bytes]) -> int:
        open_now = sorted(int(name) for name in os.listdir("/proc/self/fd"))  # noqa: PTH208  # names
        os.write(
            1, json.dumps([open_now[:3], len(open_now) <= 4, os.getsid(0) == os.getpid()]).encode()
        )
        return 0

    assert done(work, streams) == (0, b"[[0, 1, 2], true, true]", b"")
    os.close(left)


def test_signals_end_it_that_a_zygote_ignores(streams: list[int]) -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def work(argv: Sequence[bytes]) -> int:
        os.kill(os.getpid(), signal.SIGTERM)
        return 0

    status, *_ = done(work, streams)
    signal.signal(signal.SIGTERM, before)
    assert os.WTERMSIG(status) == signal.SIGTERM


def test_its_faults_are_its_own(streams: list[int]) -> None:
    def work(argv: Sequence[bytes]) -> int:
        raise RuntimeError("a fault")

    status, _, said = done(work, streams)
    assert (os.waitstatus_to_exitcode(status), b"RuntimeError: a fault" in said) == (70, True)


def test_loading_it_brings_no_server_along() -> None:
    script = """
import sys
sys.path.append(sys.argv[1])
from zygote.work import load
load("handrail.systems.files.work")
server = {"pydantic", "asyncio", "handrail.errors", "handrail.call"}
print(sorted(server.intersection(sys.modules)))
"""
    import handrail.process

    home = Path(handrail.process.__file__).parent
    said = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script, home], capture_output=True, check=True
    )
    assert said.stdout == b"[]\n"
