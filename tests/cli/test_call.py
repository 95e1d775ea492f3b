"""`handrail call`: one call by the same line as a server's."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import Printed, handrail
from tests.running import hand_over

_FILE = """
config_version = 1

[programs]
echo = {}
sh = {}

[secrets]
TOKEN = { env = "TOKEN" }

[[tool]]
name = "say"
description = "Say something."
program = "echo"
args = ["{words}", ["--times={times}"], { when = "loud", args = ["!"] }]
params.words = { repeat = true, max_items = 3 }
params.times = { type = "integer", min = 1, max = 9 }
params.loud = { type = "boolean" }

[[tool]]
name = "fail"
description = "Fail, with words on both streams."
program = "sh"
args = ["-c", "echo out; echo err >&2; exit 3"]
exit_messages = { 3 = "as it should" }

[[tool]]
name = "reveal"
description = "Print a secret."
program = "sh"
args = ["-c", "echo $TOKEN"]
env = { TOKEN = { secret = "TOKEN" } }

[[tool]]
name = "wait"
description = "Say something, then wait."
program = "sh"
args = ["-c", "echo begun; sleep 7071"]

[[tool]]
name = "destroy"
description = "Destroy something."
program = "echo"
effect = "destructive"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "handrail.toml").write_text(_FILE)
    hand_over(tmp_path)
    return tmp_path


def call(folder: Path, *words: str) -> Printed:
    return handrail("call", *words, folder=folder, TOKEN="s3cret-token")


def test_what_the_command_wrote_is_on_stdout_and_what_happened_on_stderr(folder: Path) -> None:
    expected = Printed(0, "a b --times=2 !\n", "say exited with code 0, after 0.00 s.\n")

    assert expected == call(folder, "say", "words=a", "words=b", "times=2", "loud=true")


def test_a_failed_call_exits_with_1_and_says_what_its_code_means(folder: Path) -> None:
    expected = Printed(1, "out\n", "err\nfail exited with code 3, after 0.00 s: as it should.\n")

    assert expected == call(folder, "fail")


def test_a_refused_call_exits_with_1_and_says_what_is_allowed(folder: Path) -> None:
    told = "argument_invalid: `times` must be at most 9. Allowed: min 1, max 9.\n"

    assert Printed(1, "", told) == call(folder, "say", "words=a", "times=10")


def test_json_is_the_published_structure(folder: Path) -> None:
    done = json.loads(call(folder, "fail", "--json").out)
    refused = json.loads(call(folder, "say", "shout=a", "--json").out)

    assert (
        done["ending"],
        done["stdout"],
        done["ok"],
    ) == ({"kind": "exited", "code": 3}, "out\n", False)
    assert refused["error"]["code"] == "argument_invalid"


def test_a_secret_is_masked(folder: Path) -> None:
    assert call(folder, "reveal").out == "*" * len("s3cret-token") + "\n"


def test_a_destructive_call_needs_approval(folder: Path) -> None:
    printed = call(folder, "destroy")

    assert (printed.code, printed.out) == (1, "")
    assert printed.err.startswith("approval_required: ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nothing"], "there is no tool 'nothing'"),
        (["say", "words"], "'words' is not NAME=VALUE"),
        (["say", "times=1", "times=2"], "times is given twice, and takes one value"),
        (["say", "--bogus"], "--bogus"),
    ],
)
def test_a_wrong_command_line_exits_with_2(folder: Path, words: list[str], told: str) -> None:
    printed = call(folder, *words)

    assert (printed.code, printed.out) == (2, "")
    assert told in printed.err


def test_the_file_is_found_in_a_parent_and_a_missing_one_is_told(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    below = folder / "a" / "b"
    below.mkdir(parents=True)

    assert call(below, "say", "words=found").out == "found\n"
    assert call(tmp_path_factory.mktemp("empty"), "say").code == 2


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let children hear SIGINT, whatever we were started with: background jobs ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupted_call_prints_what_there_was_and_leaves_nothing(folder: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "TOKEN": "s3cret-token"}
    command = [sys.executable, "-m", "handrail", "call", "wait"]
    with subprocess.Popen(
        command, cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        _await_sleep()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)

    assert (running.returncode, out) == (130, "begun\n")
    assert "wait was cancelled and stopped" in err
    assert not _is_sleeping()


def _await_sleep() -> None:
    for _ in range(300):
        if _is_sleeping():
            return
        subprocess.run(["sleep", "0.1"], check=True)
    pytest.fail("the command never started")


def _is_sleeping() -> bool:
    """Whether the command of the tool `wait` is running, told by its unusual argument."""
    return any(
        b"sleep\x007071\x00" in path.read_bytes()
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if path.exists()
    )
