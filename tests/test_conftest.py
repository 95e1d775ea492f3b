"""What conftest.py promises, shown on tests that are run in a pytest of their own."""

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
# A process that outlives the test starts another when it is told to.
STARTS_IN_ANOTHER = """
import psutil, pytest, subprocess
@pytest.fixture(scope="module")
def browser():
    script = 'read; (exec -a "NAME" sleep 30) & wait'
    with subprocess.Popen(["bash", "-c", script], stdin=subprocess.PIPE) as process:
        yield process
        for child in psutil.Process(process.pid).children():
            child.kill()
def test_it(browser):
    browser.stdin.write(b"\\n")
    browser.stdin.flush()
    while [one.name() for one in psutil.Process(browser.pid).children()] != ["sleep"]:
        pass
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

NEEDS_OPEN_FOLDERS = """
def test_it(tmp_path_factory, tmp_path):
    made = tmp_path_factory.mktemp("made")
    assert {made.parent, tmp_path.parent} == {tmp_path_factory.getbasetemp()}
    closed = [each for each in [tmp_path, *tmp_path.parents] if not each.stat().st_mode & 0o001]
    assert closed == []
"""
# Each worker begins with one half of the tests, and meets the other there.
SOME_ARE_ALONE = """
import contextlib, os, pathlib, pytest, time
INSIDE = pathlib.Path("inside")
@contextlib.contextmanager
def inside():
    mark = INSIDE / str(os.getpid())
    mark.touch()
    yield
    mark.unlink()
def others():
    return {each.name for each in INSIDE.iterdir()} - {str(os.getpid())}
def meet():
    deadline = time.monotonic() + 30
    with inside():
        while not others():
            assert time.monotonic() < deadline
        INSIDE.joinpath("met").touch()
def be_alone():
    with inside():
        end = time.monotonic() + 0.1
        while time.monotonic() < end:
            assert others() == {"met"}
def test_first_half():
    meet()
@pytest.mark.alone
@pytest.mark.parametrize("number", range(5))
def test_alone(number):
    be_alone()
def test_second_half():
    meet()
@pytest.mark.alone
@pytest.mark.parametrize("number", range(5))
def test_alone_too(number):
    be_alone()
"""
SIDE_BY_SIDE = ["-n", "2", "--dist", "worksteal"]


def run_pytest(
    tmp_path: Path, source: str, *options: str, ci: str = ""
) -> subprocess.CompletedProcess[str]:
    (tmp_path / "conftest.py").write_text(IMPATIENT)
    (tmp_path / "test_bad.py").write_text(source)
    (tmp_path / "pytest.ini").write_text("[pytest]\nanyio_mode = auto\nmarkers = alone\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, "."]
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


@pytest.mark.parametrize(
    ("name", "failed"), [("/lib/chromium --type=utility", 0), ("another", 1)], ids=str
)
def test_helpers_of_a_browser_that_stays_are_not_the_tests(
    tmp_path: Path, name: str, failed: int
) -> None:
    result = run_pytest(tmp_path, STARTS_IN_ANOTHER.replace("NAME", name))
    assert (result.returncode, "left behind" in result.stdout) == (failed, bool(failed))


@pytest.mark.parametrize("source", [SKIPS, SKIPS_THE_MODULE])
def test_a_skipped_test_fails_in_ci(tmp_path: Path, source: str) -> None:
    result = run_pytest(tmp_path, source, ci="1")
    assert result.returncode != 0
    assert "skipped, which CI does not allow: Skipped: no kernel for it" in result.stdout


def test_a_skipped_test_passes_at_home(tmp_path: Path) -> None:
    result = run_pytest(tmp_path, SKIPS)
    assert (result.returncode, "2 skipped, 1 xfailed" in result.stdout) == (0, True)


@pytest.mark.parametrize("options", [[], SIDE_BY_SIDE], ids=["one_by_one", "side_by_side"])
def test_another_user_can_pass_to_the_folder_of_a_test(tmp_path: Path, options: list[str]) -> None:
    result = run_pytest(tmp_path, NEEDS_OPEN_FOLDERS, *options)
    assert result.returncode == 0, result.stdout


def test_tests_run_side_by_side_but_those_that_are_alone(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    result = run_pytest(tmp_path, SOME_ARE_ALONE, *SIDE_BY_SIDE)
    assert (result.returncode, "12 passed" in result.stdout) == (0, True), result.stdout
