"""The benchmarks measure what they say; how fast things are is not for tests."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.examples.devtools import ROOT

RATIO = re.compile(r" \d+\.\d\d  +\d+\.\d\d  +\d+\.\d\d-\d+\.\d\d")
"""By p10, by median, and its spread."""


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("spawn", 3),
        ("calls", 4),
        pytest.param("throughput", 2, marks=pytest.mark.nightly),
        pytest.param("startup", 2, marks=pytest.mark.nightly),
    ],
)
def test_a_table_of_ratios_comes_out(name: str, rows: int, tmp_path: Path) -> None:
    said, record = benchmark(name, tmp_path / "out.json")
    assert len(RATIO.findall(said)) == rows
    assert said.splitlines()[0] == record["machine"]
    assert len(record[name]["comparisons"]) == rows
    assert all(row["ratio"]["median"] > 0 for row in record[name]["comparisons"])


@pytest.mark.nightly
def test_a_flood_is_measured_to_its_end(tmp_path: Path) -> None:
    said, record = benchmark("flood", tmp_path / "out.json")
    assert len(RATIO.findall(said)) == 4
    assert [what for what in record["flood"]["facts"] if "memory" in what]


def test_an_unknown_benchmark_is_refused() -> None:
    done = run("spwan")
    assert done.returncode == 2
    assert "no benchmark spwan; there are spawn, calls" in done.stderr


def benchmark(name: str, file: Path) -> tuple[str, dict[str, Any]]:
    """What a very short run says, and its record."""
    done = run(name, "--rounds", "1", "--json", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout, json.loads(file.read_text())


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=55
    )
