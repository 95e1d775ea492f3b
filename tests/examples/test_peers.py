"""Beside the servers made for files and for git: that it can be measured, in the small."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.devtools import ROOT

FILES = ("read", "stat", "list", "tree", "find", "search")
GIT = ("status", "log", "show", "diff", "branches", "grep")


@pytest.fixture(scope="module")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `scripts/peers` installs; a machine that cannot install it is told of."""
    folder = tmp_path_factory.mktemp("peers")
    script = [str(ROOT / "scripts/peers"), str(folder)]
    done = subprocess.run(script, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode != 0:
        pytest.skip(f"the peers cannot be installed here: {done.stderr}")
    return folder


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_each_peer_is_asked_what_we_are_asked(peers: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    said = run(peers, "--tiny", "--rounds", "1", "--json", str(out))
    record = json.loads(out.read_text())
    assert said.splitlines()[0] == record["machine"]
    assert "server-filesystem 2026" in record["machine"]
    *of_repositories, long = record["tables"]
    for table, asked in zip(of_repositories, (FILES, GIT, FILES, GIT), strict=True):
        rows = [row["what"] for row in table["comparisons"]]
        for what, tier in itertools.product(asked, ("landlock", "namespaces")):
            assert any(row.startswith(what) and f", {tier} (" in row for row in rows), what
        assert all(row["ratio"]["median"] > 0 for row in table["comparisons"])
        assert "memory of landlock" in table["facts"]
    assert " 1 answers" in long["facts"]["read to its end, server-filesystem"]


def test_without_the_peers_it_says_how_to_install_them(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.peers", "--peers", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=55,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("benchmarks.peers: there is no ")
    assert f"scripts/peers {tmp_path}" in done.stderr


def run(peers: Path, *options: str) -> str:
    """What the benchmark says."""
    command = [sys.executable, "-m", "benchmarks.peers", "--peers", str(peers), *options]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=500
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
