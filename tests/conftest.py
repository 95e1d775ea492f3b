"""What holds for every test: it cleans up after itself, and in CI it is not skipped."""

import fcntl
import gc
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil
import pytest

SETTLE_SECONDS = 2.0
IN_CI = os.environ.get("CI", "") not in {"", "0", "false"}
# In the command lines of processes that a server or a browser starts when it pleases: a zygote,
# and what makes a view of the disk for it; a browser's helpers.
HELPERS = ("from zygote.main import main", "/chromium --type=")
# pytest itself keeps this one up to date.
OWN_VARIABLE = "PYTEST_CURRENT_TEST"


def pytest_configure(config: pytest.Config) -> None:
    """Keep the tests' folders where another user can come: commands are never root."""
    if config.option.basetemp is None:
        config.option.basetemp = tempfile.mkdtemp(prefix="handrail-tests-")
        config.add_cleanup(lambda: shutil.rmtree(config.option.basetemp, ignore_errors=True))


@pytest.fixture(scope="session")
def tmp_path_factory(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> pytest.TempPathFactory:
    """pytest's own; whoever commands run as can pass to the folders that it makes."""
    base = tmp_path_factory.getbasetemp()
    for folder in (base.parent, base) if is_worker(pytestconfig) else (base,):
        folder.chmod(0o755)
    return tmp_path_factory


@pytest.fixture
def tmp_path(tmp_path: Path) -> Path:
    """pytest's own, open to whoever commands run as."""
    tmp_path.chmod(0o755)
    return tmp_path


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@dataclass(frozen=True)
class Surroundings:
    """What a test could leave behind in the machine."""

    processes: frozenset[psutil.Process]
    descriptors: Counter[str]
    environment: dict[str, str]

    @classmethod
    def now(cls) -> Self:
        return cls(
            processes=frozenset(psutil.Process().children(recursive=True)),
            descriptors=Counter(open_descriptors()),
            environment={k: v for k, v in os.environ.items() if k != OWN_VARIABLE},
        )

    def left_since(self, before: Self) -> list[str]:
        return [
            *(describe(one) for one in self.processes - before.processes if not before.has(one)),
            *(f"descriptor {target}" for target in (self.descriptors - before.descriptors)),
            *self._variables_changed_since(before),
        ]

    def has(self, helper: psutil.Process) -> bool:
        """Whether it helps a server or a browser that was there before, and outlives a test."""
        try:
            line = " ".join(helper.cmdline())
            helps = any(words in line for words in HELPERS)
            return helps and not self.processes.isdisjoint(helper.parents())
        except psutil.NoSuchProcess:
            return False

    def _variables_changed_since(self, before: Self) -> list[str]:
        # Names only: a value may be a secret.
        changed = self.environment.items() ^ before.environment.items()
        return [f"environment variable {name}" for name in sorted({name for name, _ in changed})]


def open_descriptors() -> Iterator[str]:
    """What each descriptor of this process points to; two of the same file are two."""
    for entry in Path("/proc/self/fd").glob("*"):
        try:
            yield str(entry.readlink())
        except FileNotFoundError:
            # The descriptor of the listing itself.
            continue


def describe(process: psutil.Process) -> str:
    try:
        return f"process {process.pid} ({process.status()}): {' '.join(process.cmdline())}"
    except psutil.NoSuchProcess:
        return f"process {process.pid}, gone while we looked"


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    before = Surroundings.now()
    yield
    leftovers = settle(before)
    if leftovers:
        pytest.fail("the test left behind:\n  " + "\n  ".join(leftovers), pytrace=False)


def settle(before: Surroundings) -> list[str]:
    """What is still there after a moment: a killed process takes a while to be gone."""
    deadline = time.monotonic() + SETTLE_SECONDS
    leftovers = Surroundings.now().left_since(before)
    if leftovers:
        # An object that nothing refers to any more may yet hold a descriptor.
        gc.collect()
    while leftovers and time.monotonic() < deadline:
        time.sleep(0.02)
        leftovers = Surroundings.now().left_since(before)
    return leftovers


def is_worker(config: pytest.Config) -> bool:
    """Whether this is one of several processes that share the tests out (pytest -n)."""
    return hasattr(config, "workerinput")


# First: the time that a test waits for others is none of its own, which is limited.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if not is_worker(item.config):
        return (yield)
    with company(Path(item.config.option.basetemp).parent, alone=is_alone(item)):
        return (yield)


def is_alone(item: pytest.Item) -> bool:
    return item.get_closest_marker("alone") is not None


@contextmanager
def company(run: Path, *, alone: bool) -> Iterator[None]:
    """Be in the room where tests run: alone, or with any others that need not be.

    `run` is the folder of the whole run, which its workers share.
    """
    with (run / "door").open("a") as door, (run / "room").open("a+") as room:
        # Whoever waits for the others to leave stands in the door: no one else comes in.
        fcntl.lockf(door, fcntl.LOCK_EX)
        fcntl.lockf(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.lockf(door, fcntl.LOCK_UN)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    fail_if_skipped_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    fail_if_skipped_in_ci(report)
    return report


def fail_if_skipped_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    expected_failure = hasattr(report, "wasxfail")
    if IN_CI and report.skipped and not expected_failure:
        report.longrepr = f"skipped, which CI does not allow: {reason_of(report.longrepr)}"
        report.outcome = "failed"


def reason_of(skipped: object) -> object:
    """Without the file and line that pytest keeps beside the reason."""
    return skipped[2] if isinstance(skipped, tuple) else skipped
