"""`handrail call` of a tool that a person must approve: they are asked at the terminal."""

from __future__ import annotations

import ctypes
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import Printed, at_terminal, handrail
from tests.running import hand_over

_FILE = """
config_version = 1
workspace.root = "workspace"
programs.sh = {}

[[tool]]
name = "destroy"
description = "Leave a file."
program = "sh"
args = ["-c", 'touch "$1"; echo done', "sh", "{name}"]
effect = "destructive"
params.name = { required = true }
"""
_PROMPT = "yes or no [no]: "


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "handrail.toml").write_text(_FILE)
    (tmp_path / "workspace").mkdir()
    hand_over(tmp_path, tmp_path / "workspace")
    return tmp_path


def left(folder: Path) -> list[str]:
    """What the tool has made."""
    return sorted(file.name for file in (folder / "workspace").iterdir())


def answered(folder: Path, keys: str) -> Printed:
    """What comes of an answer to the question."""
    with at_terminal("call", "destroy", "name=x y", folder=folder) as terminal:
        terminal.see(_PROMPT)
        assert 'touch \\"$1\\"; echo done" sh "x y"' in terminal.seen
        terminal.type(keys)
        return terminal.end()


@pytest.mark.parametrize("keys", ["y\n", "yes\n", "YES\n", " y \n"])
def test_yes_does_it(folder: Path, keys: str) -> None:
    printed = answered(folder, keys)

    assert (printed.code, printed.out) == (0, "done\n")
    assert left(folder) == ["x y"]


@pytest.mark.parametrize("keys", ["\n", "n\n", "yess\n", "ja\n", "\x04", "yes or no\n"])
def test_anything_else_does_not(folder: Path, keys: str) -> None:
    printed = answered(folder, keys)

    assert (printed.code, printed.out) == (1, "")
    assert "approval_declined: the person at the terminal said no." in printed.err
    assert left(folder) == []


def test_what_was_typed_before_the_question_is_no_answer(folder: Path) -> None:
    with at_terminal("call", "destroy", "name=x", folder=folder) as terminal:
        terminal.type("y\n")
        terminal.see(_PROMPT)
        terminal.type("\n")
        printed = terminal.end()

    assert printed.code == 1
    assert left(folder) == []


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let children hear SIGINT, whatever we were started with: background jobs ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_is_no_answer(folder: Path) -> None:
    with at_terminal("call", "destroy", "name=x", folder=folder) as terminal:
        terminal.see(_PROMPT)
        terminal.process.send_signal(signal.SIGINT)
        printed = terminal.end()

    assert (printed.code, printed.out) == (130, "")
    assert left(folder) == []


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_is_heard_by_whichever_thread_it_comes(folder: Path) -> None:
    with at_terminal("call", "destroy", "name=x", folder=folder) as terminal:
        terminal.see(_PROMPT)
        pid = terminal.process.pid
        others = {int(task.name) for task in Path(f"/proc/{pid}/task").iterdir()} - {pid}
        assert others, "there is no other thread to try it with"
        assert ctypes.CDLL(None).tgkill(pid, min(others), signal.SIGINT) == 0
        assert terminal.end().code == 130


def test_without_a_terminal_nobody_is_asked(folder: Path) -> None:
    printed = handrail("call", "destroy", "name=x", folder=folder)

    assert (printed.code, printed.out) == (1, "")
    assert printed.err.startswith("approval_required: ")
    assert left(folder) == []


def test_yes_may_be_said_beforehand(folder: Path) -> None:
    printed = handrail("call", "destroy", "name=x", "--yes", folder=folder)

    assert (printed.code, printed.out) == (0, "done\n")
    assert left(folder) == ["x"]
