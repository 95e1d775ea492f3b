"""The benchmarks measure what they say; how fast things are is not for tests."""

from __future__ import annotations

import json
import os
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
        ("spawn", 13),
        pytest.param("calls", 4, marks=pytest.mark.nightly),
        pytest.param("metered", 6, marks=pytest.mark.nightly),
        pytest.param("throughput", 2, marks=pytest.mark.nightly),
        pytest.param("startup", 2, marks=pytest.mark.nightly),
        pytest.param("first_call", 2, marks=pytest.mark.nightly),
    ],
)
def test_a_table_of_ratios_comes_out(name: str, rows: int, tmp_path: Path) -> None:
    said, record = benchmark(name, tmp_path / "out.json")
    assert len(RATIO.findall(said)) == rows
    assert said.splitlines()[0] == record["machine"]
    assert len(record[name]["comparisons"]) == rows
    assert all(row["ratio"]["median"] > 0 for row in record[name]["comparisons"])


def test_without_a_compiler_the_floor_is_said_to_be_another(tmp_path: Path) -> None:
    said, record = benchmark("spawn", tmp_path / "out.json", PATH=str(tmp_path))
    assert "THERE IS NO C COMPILER" in said
    rows = [row["what"] for row in record["spawn"]["comparisons"]]
    assert "spawn, landlock / os.posix_spawn" in rows
    assert not [row for row in rows if "vfork" in row]


def test_records_of_several_runs_stand_side_by_side(tmp_path: Path) -> None:
    ours = {"what": "a / b", "ratio": {"p10": 1.04, "median": 1.1}, "gate": "<= 1.2"}
    files = [tmp_path / "one", tmp_path / "other"]
    for file, python in zip(files, ("3.11.7", "3.13.0"), strict=True):
        machine = f"2026-11-22, Python {python}, 2 cores"
        file.write_text(json.dumps({"machine": machine, "spawn": {"comparisons": [ours]}}))
    done = run("spawn", *map(str, files), module="benchmarks.beside")
    assert done.stdout.splitlines()[0] == "|  | Python 3.11.7 | Python 3.13.0 | gate |"
    assert done.stdout.splitlines()[2] == "| a / b | 1.04, 1.10 | 1.04, 1.10 | <= 1.2 |"


@pytest.mark.nightly
def test_a_flood_is_measured_to_its_end(tmp_path: Path) -> None:
    said, record = benchmark("flood", tmp_path / "out.json")
    assert len(RATIO.findall(said)) == 4
    assert [what for what in record["flood"]["facts"] if "memory" in what]


def test_an_unknown_benchmark_is_refused() -> None:
    done = run("spwan")
    assert done.returncode == 2
    assert "no benchmark spwan; there are spawn, calls" in done.stderr


def benchmark(name: str, file: Path, **environment: str) -> tuple[str, dict[str, Any]]:
    """What a very short run says, and its record."""
    done = run(name, "--rounds", "1", "--json", str(file), **environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout, json.loads(file.read_text())


def run(
    *arguments: str, module: str = "benchmarks", **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=55,
    )
