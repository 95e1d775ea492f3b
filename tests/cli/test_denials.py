"""A command that fails at what its confinement denied: real programs, on each tier that denies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import Printed, handrail

_FILE = """
config_version = 1

[workspace]
root = "workspace"

[confinement]
use = "TIER"

[programs]
python3 = {}
sh = {}

[[tool]]
name = "write"
description = "Run a script that may write."
program = "sh"
args = ["-c", "{script}"]
effect = "write"
params.script = { required = true }

[[tool]]
name = "read"
description = "Run a script that may only read."
program = "sh"
args = ["-c", "{script}"]
params.script = { required = true }

[[tool]]
name = "python"
description = "Run Python."
program = "python3"
args = ["-c", "{script}"]
params.script = { required = true }
"""


@pytest.fixture(params=["landlock", "namespaces"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    tier: str = request.param
    tmp_path.chmod(0o755)
    (tmp_path / "handrail.toml").write_text(_FILE.replace("TIER", tier))
    workspace = tmp_path / "workspace"
    (workspace / ".git").mkdir(parents=True)
    (workspace / "src").mkdir()
    for path in (workspace, workspace / ".git", workspace / "src"):
        path.chmod(0o777)
    secret = tmp_path / "secret"
    secret.write_text("secret")
    secret.chmod(0o644)
    return tmp_path


def call(folder: Path, tool: str, script: str, *options: str) -> Printed:
    # With the system's own programs: others may lie where only root can go.
    path = "/usr/bin:/bin"
    return handrail("call", tool, f"script={script}", *options, folder=folder, PATH=path)


def denied(folder: Path, tool: str, script: str) -> list[dict[str, Any]]:
    answer: dict[str, Any] = json.loads(call(folder, tool, script, "--json").out)
    assert not answer["ok"], answer
    denials: list[dict[str, Any]] = answer.get("denials", [])
    return denials


def pairs(denials: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(one["operation"], one.get("allow")) for one in denials]


def test_reading_a_file_outside(folder: Path) -> None:
    secret = folder / "secret"
    assert pairs(denied(folder, "read", f"cat {secret}")) == [
        (f"reading {secret}", f'readable = ["{secret}"]')
    ]


def test_the_text_says_it_too(folder: Path) -> None:
    secret = folder / "secret"
    told = call(folder, "read", f"cat {secret}").err

    assert f"\nConfinement: it was kept from reading {secret} (inferred: it said “cat: " in told
    assert told.endswith(f'The owner could allow it with readable = ["{secret}"] in tool "read".\n')


def test_writing_from_a_tool_that_reads(folder: Path) -> None:
    src = folder / "workspace" / "src"
    assert pairs(denied(folder, "read", "echo x > src/new")) == [
        (f"creating {src}/new", f'writable = ["{src}"]')
    ]


def test_writing_to_the_repository_itself(folder: Path) -> None:
    workspace = folder / "workspace"
    assert pairs(denied(folder, "write", "echo x > .git/new")) == [
        (f"creating {workspace}/.git/new", f'writable = ["{workspace}", "{workspace}/.git"]')
    ]


def test_starting_what_a_command_wrote(folder: Path) -> None:
    assert pairs(denied(folder, "write", "cp /bin/true src/prog && src/prog")) == [
        (f"starting {folder}/workspace/src/prog", 'acknowledge = ["executes-workspace-code"]')
    ]


def test_the_network(folder: Path) -> None:
    script = "import socket; socket.create_connection(('127.0.0.1', 9))"
    assert denied(folder, "python", script) == [
        {
            "operation": "opening an internet socket",
            "evidence": "the kernel's filter refused it",
            "allow": "network = true",
        }
    ]


@pytest.mark.parametrize(
    ("tool", "script"),
    [
        ("read", "exit 3"),
        ("read", "cat missing"),
        ("write", "umask 777; echo x > src/mine; cat src/mine"),
        ("write", "echo x > $TMPDIR/mine; chmod 0 $TMPDIR/mine; cat $TMPDIR/mine"),
        ("read", "cat /proc/1/environ"),
        ("python", "import pwd, syslog; pwd.getpwall(); syslog.syslog('x'); 1 / 0"),
    ],
)
def test_other_failures_are_no_denials(folder: Path, tool: str, script: str) -> None:
    assert denied(folder, tool, script) == []


def test_what_a_command_did_all_the_same_is_no_failure(folder: Path) -> None:
    printed = call(folder, "read", f"cat {folder}/secret; true", "--json")

    assert "denials" not in json.loads(printed.out)
