"""`handrail serve` at a command line; what it serves is tested in `tests/served`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.terminal import handrail

_FILE = """
config_version = 1
[programs]
echo = {}
[[tool]]
name = "say"
description = "Say it."
program = "echo"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "handrail.toml").write_text(_FILE)
    return tmp_path


def test_the_end_of_stdin_ends_it_cleanly_with_only_json_on_stderr(folder: Path) -> None:
    printed = handrail("serve", folder=folder)

    assert (printed.code, printed.out) == (0, "")
    events = [json.loads(line)["event"] for line in printed.err.splitlines()]
    assert events == ["serving", "stopped"]


def test_settings_that_lie_in_the_current_directory_are_not_read(folder: Path) -> None:
    (folder / ".env").write_text("FASTMCP_LOG_LEVEL=louder\n")

    assert handrail("serve", folder=folder).code == 0


@pytest.mark.parametrize(
    "words", [["--http", "8000"], ["--http", "127.0.0.1:http"], ["--log-level", "loud"], ["--htp"]]
)
def test_a_wrong_command_line_exits_with_2_and_a_hint(folder: Path, words: list[str]) -> None:
    printed = handrail("serve", *words, folder=folder)

    assert (printed.code, printed.out) == (2, "")
    assert "hint: " in printed.err
