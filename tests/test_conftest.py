"""The guard in conftest.py bites: each bad test is run in a pytest of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

IMPATIENT = (
    Path(__file__)
    .with_name("conftest.py")
    .read_text()
    .replace("SETTLE_SECONDS = 2.0", "SETTLE_SECONDS = 0.1")
)

LEAVES_A_PROCESS = """
import subprocess
kept = []
def test_it():
    kept.append(subprocess.Popen(["sleep", "30"]))
def test_end():
    kept[0].kill()
    kept[0].wait()
"""
LEAVES_A_DESCRIPTOR = """
import os
def test_it():
    os.open("/dev/null", os.O_RDONLY)
"""
LEAVES_A_VARIABLE = """
import os
def test_it():
    os.environ["LEFT_BEHIND"] = "secret-value"
"""
LEAVES_NOTHING = """
import os, subprocess
async def test_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PUT_BACK", "1")
    subprocess.run(["true"], check=True)
    os.close(os.open(tmp_path, os.O_RDONLY))
"""
SKIPS = """
import pytest
@pytest.mark.xfail(strict=True)
def test_expected_failure():
    assert False
@pytest.mark.parametrize("how", ["mark", "call"])
def test_it(how):
    pytest.skip("no kernel for it")
"""
SKIPS_THE_MODULE = """
import pytest
pytest.skip("no kernel for it", allow_module_level=True)
"""


def run_pytest(tmp_path: Path, source: str, *, ci: str = "") -> subprocess.CompletedProcess[str]:
    (tmp_path / "conftest.py").write_text(IMPATIENT)
    (tmp_path / "test_bad.py").write_text(source)
    (tmp_path / "pytest.ini").write_text("[pytest]\nanyio_mode = auto\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "."]
    environment = {**os.environ, "CI": ci}
    return subprocess.run(
        command, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("source", "named"),
    [
        (LEAVES_A_PROCESS, "(sleeping): sleep 30"),
        (LEAVES_A_DESCRIPTOR, "descriptor /dev/null"),
        # The name and no more: the value may be a secret.
        (LEAVES_A_VARIABLE, "environment variable LEFT_BEHIND\n"),
    ],
)
def test_a_test_that_leaves_something_behind_fails(tmp_path: Path, source: str, named: str) -> None:
    result = run_pytest(tmp_path, source)
    assert result.returncode == 1
    assert "the test left behind:" in result.stdout
    assert named in result.stdout


def test_a_tidy_test_passes(tmp_path: Path) -> None:
    result = run_pytest(tmp_path, LEAVES_NOTHING)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("source", [SKIPS, SKIPS_THE_MODULE])
def test_a_skipped_test_fails_in_ci(tmp_path: Path, source: str) -> None:
    result = run_pytest(tmp_path, source, ci="1")
    assert result.returncode != 0
    assert "skipped, which CI does not allow: Skipped: no kernel for it" in result.stdout


def test_a_skipped_test_passes_at_home(tmp_path: Path) -> None:
    result = run_pytest(tmp_path, SKIPS)
    assert (result.returncode, "2 skipped, 1 xfailed" in result.stdout) == (0, True)
