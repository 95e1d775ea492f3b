"""What does a flood of output cost: time, and memory of the server?"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.servers import HANDRAIL, HERE, Connection, Transport, connected
from benchmarks.table import Comparison, Table

ROUNDS = 5
_SIZES = {"200 MB": 200_000_000, "1 GiB": 1 << 30}
_CHUNK_BYTES = 1 << 16
_MIB = 1 << 20


async def measure(rounds: int = ROUNDS) -> Table:
    """Calls of `head --bytes=N /dev/zero`, against its bare pipe.

    The pipe is read and thrown away, which is the gate; and read and written to a file, which
    is what ours must do too, for every byte stays readable.
    """
    comparisons, facts = [], {}
    for what, size in _SIZES.items():
        async with connected(HANDRAIL, Transport.STDIO) as server:
            await server.call("flood", count=1)
            before = _memory(server.pid, "VmRSS")
            samples = [await _round(server, size) for _ in range(rounds)]
            growth = (_memory(server.pid, "VmHWM") - before) / _MIB
        ours, thrown, filed = ([[sample[side]] for sample in samples] for side in range(3))
        gate = ">= 0.5, goal 0.8" if size == max(_SIZES.values()) else ""
        comparisons.append(Comparison(f"{what}, thrown away", ours, thrown, gate))
        comparisons.append(Comparison(f"{what}, into a file", ours, filed))
        facts[f"growth of the server's memory with {what}"] = f"{growth:.1f} MiB (<= 32, goal 8)"
    return Table("flood", "MB per second; theirs is a bare pipe", comparisons, facts)


async def _round(server: Connection, size: int) -> tuple[float, float, float]:
    _settle()
    captured = await _captured(server, size)
    _settle()
    thrown = _piped(size, os.open(os.devnull, os.O_WRONLY))
    # On the same disk as the server's spool.
    with tempfile.TemporaryFile(dir=HERE) as file:
        return captured, thrown, _piped(size, os.dup(file.fileno()))


def _settle() -> None:
    """Let the disk finish what the one before wrote, so that the next need not wait for it."""
    os.sync()


async def _captured(server: Connection, size: int) -> float:
    began = time.perf_counter()
    answer = await server.call("flood", count=size)
    took = time.perf_counter() - began
    [cut] = answer.structured_content["truncated"]
    assert cut["total_bytes"] == size, cut
    return size / took / 1e6


def _piped(size: int, into: int) -> float:
    command = ["head", f"--bytes={size}", "/dev/zero"]
    began = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while chunk := os.read(process.stdout.fileno(), _CHUNK_BYTES):
            os.write(into, chunk)
    took = time.perf_counter() - began
    os.close(into)
    return size / took / 1e6


def _memory(pid: int, field: str) -> int:
    """A size from proc_pid_status(5), in bytes: VmRSS is now, VmHWM was the most ever."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    line = next(line for line in lines if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024
