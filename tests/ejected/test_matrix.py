"""Every pair of answers gives a file that serves, and a project that passes its own tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fastmcp import Client
from fastmcp.client.transports import StdioTransport

from tests.ejected.ejecting import PATH, eject, package_in, run
from tests.ejected.installing import install
from tests.ejected.pairs import Choice, pairwise
from tests.running import hand_over

QUESTIONS: dict[str, list[Any]] = {
    "use": [["git:read", "files:read", "search"], ["git", "files"], []],
    "commands": [
        ["git log -n 20 --author=Ada src/"],
        ["pytest -q tests", "wc -l README.md"],
        ["curl --silent https://api.example.com/items/5", "sort -r words.txt"],
        [],
    ],
    "changes": ["nothing", "files", "anything"],
    "state": ["none", "disk"],
    "runs": ["stdio", "http", "docker", "kubernetes"],
    "auth": ["none", "keys"],
    "require": ["landlock", "rlimits"],
    "deny": [[], ["git push", "curl -T"]],
    "environment": [[], ["TZ=UTC"]],
    "hosts": [[], ["api.example.com"]],
    "credentials": [[], ["TOKEN=env"]],
    "limits": [{}, {"timeout": "5s", "memory": "256MiB", "output": "16KiB", "concurrency": 2}],
    "logging": ["text", "json"],
    "eject": [[], ["--with=kubernetes"], ["--without=container", "--without=benchmarks"]],
}


def fits(choice: Choice) -> bool:
    """Whether these answers go together: nobody is asked what cannot apply."""
    commands, writes = choice["commands"], choice["use"] == ["git", "files"]
    runs_tests = "pytest -q tests" in commands  # type: ignore[operator]  # a list
    return all(
        (
            choice["use"] or commands,
            bool(choice["hosts"]) <= ("curl" in str(commands)),
            bool(choice["environment"] or choice["credentials"]) <= bool(commands),
            (choice["auth"] == "keys") == (choice["runs"] in ("docker", "kubernetes", "http")),
            (choice["changes"] == "anything") >= writes,
            (choice["changes"] != "nothing") >= runs_tests,
        )
    )


def answers(choice: Choice) -> dict[str, Any]:
    """The answers file of a combination."""
    same = ("use", "commands", "changes", "state", "runs", "deny", "environment", "hosts")
    return {
        **{key: choice[key] for key in same if choice[key] != []},
        **({"credentials": choice["credentials"]} if choice["credentials"] else {}),
        **({"auth": choice["auth"]} if choice["runs"] != "stdio" else {}),
        "use": choice["use"],
        "server": {"name": "matrix-server"},
        "confinement": {"require": choice["require"]},
        "limits": choice["limits"],
        "logging": choice["logging"],
    }


COMBINATIONS = pairwise(QUESTIONS, fits, times=2)


def test_the_matrix_is_large_enough() -> None:
    assert len(COMBINATIONS) >= 40


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A small repository with tests of its own."""
    folder = tmp_path / "workspace"
    (folder / "src").mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "README.md").write_text("# Sums\n")
    (folder / "words.txt").write_text("b\na\n")
    (folder / "src" / "sums.py").write_text("def add(a, b):\n    return a + b\n")
    (folder / "tests" / "test_sums.py").write_text("def test_sums():\n    assert 1 + 1 == 2\n")
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "Begin"]):
        subprocess.run([*git, *words], cwd=folder, check=True)
    if os.geteuid() == 0:
        hand_over(folder, *folder.rglob("*"))
    return folder


@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.parametrize("choice", COMBINATIONS, ids=range(len(COMBINATIONS)))
async def test_a_file_of_answers_serves_and_ejects(
    tmp_path: Path, workspace: Path, choice: Choice
) -> None:
    (tmp_path / "answers.json").write_text(json.dumps(answers(choice)))
    said = {"TOKEN": "not-a-secret-but-long", "TZ": "UTC"}
    new = [sys.executable, "-m", "handrail", "new", str(workspace)]
    made = run(tmp_path, *new, "--answers", "answers.json", "--yes", **said)
    assert made.returncode == 0, made.stderr + json.dumps(answers(choice))
    file = workspace / "handrail.toml"
    await serves(file, said)

    project = tmp_path / "project"
    eject(file, project, "--vendor", *choice["eject"])  # type: ignore[misc]  # a list
    install(project)
    for command in (
        [".venv/bin/ruff", "format", "--check", "."],
        [".venv/bin/ruff", "check", "."],
        [".venv/bin/mypy"],
        [".venv/bin/python", "-m", "pytest", "-q"],
        [f".venv/bin/{package_in(project).replace('_', '-')}", "check"],
        [".venv/bin/python", "demo.py"],
    ):
        done = run(project, *command, **said)
        assert done.returncode == 0, (
            command,
            done.stdout[-3000:],
            done.stderr[-1000:],
            file.read_text(),
        )


async def serves(file: Path, said: dict[str, str]) -> None:
    """A real client lists the tools of the file."""
    environ = {"PATH": PATH, "HOME": str(file.parent), **said}
    server = StdioTransport(
        sys.executable, ["-m", "handrail", "serve", str(file)], env=environ, keep_alive=False
    )
    async with Client(server) as client:
        assert await client.list_tools()
