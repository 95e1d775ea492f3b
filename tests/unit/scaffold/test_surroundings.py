"""What a folder tells before anybody is asked."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from handrail.scaffold.answers import Answers
from handrail.scaffold.compose import composed
from handrail.scaffold.questions import facts
from handrail.scaffold.surroundings import Database, look, relative_root

PROGRAMS = ("git", "pytest", "npm", "make")


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """PATH has programs that leave a file behind when they are run."""
    mark, folder = tmp_path / "ran", tmp_path / "bin"
    folder.mkdir()
    for name in PROGRAMS:
        (folder / name).write_text(f"#!/bin/sh\ntouch {mark}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return mark


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    made.mkdir()
    return made


def test_nothing_is_run_to_find_out(folder: Path, ran: Path) -> None:
    (folder / "pytest.ini").touch()
    (folder / "Makefile").write_text("test:\n\ttouch ran\n")
    (folder / "package.json").write_text('{"scripts": {"test": "touch ran"}}')

    found = look(folder)

    assert found.programs == set(PROGRAMS)
    assert found.commands == ("pytest -q", "npm run test", "make test")
    assert not ran.exists()


def test_what_is_not_on_the_machine_is_not_proposed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "pytest.ini").touch()
    (folder / "Makefile").write_text("test:\n")
    (folder / ".git").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path))

    assert look(folder).commands == ()
    assert "git" not in composed(Answers(), look(folder)).text


@pytest.mark.parametrize(
    "project",
    [
        "[tool.pytest.ini_options]\n",
        '[project]\ndependencies = ["pytest>=8"]\n',
        '[project.optional-dependencies]\ntest = ["pytest-cov"]\n',
        '[dependency-groups]\ndev = ["pytest"]\n',
    ],
)
@pytest.mark.usefixtures("ran")
def test_a_project_with_pytest_proposes_it(folder: Path, project: str) -> None:
    (folder / "pyproject.toml").write_text(project)
    (folder / "tests").mkdir()

    assert look(folder).commands == ("pytest -q tests",)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pyproject.toml", b"[tool\xff"),
        ("pyproject.toml", b"tool = 3"),
        ("package.json", b"{"),
        ("package.json", b'["scripts"]'),
        ("package.json", b'{"scripts": ["test"]}'),
        ("package.json", b"[" * 100_000),
        ("Makefile", b"TEST := 1\ntest := 2\n"),
        (".env", b"\x00\xff=\nDATABASE_URL=postgres://[::1"),
    ],
)
@pytest.mark.usefixtures("ran")
def test_files_that_make_no_sense_propose_nothing(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)

    found = look(folder)

    assert (found.commands, found.databases) == ((), ())


@pytest.mark.usefixtures("ran")
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(folder: Path) -> None:
    for name in (".env", "pyproject.toml", "package.json", "Makefile"):
        os.mkfifo(folder / name)

    assert look(folder).commands == ()


def test_the_workspace_is_the_repository_around(folder: Path) -> None:
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    inner = folder / "tools" / "agents"
    inner.mkdir(parents=True)

    assert relative_root(look(inner)) == "../.."
    assert relative_root(look(folder)) == "."


def test_a_work_tree_is_a_repository_too(folder: Path) -> None:
    (folder / ".git").write_text("gitdir: /elsewhere\n")

    assert look(folder).repository == folder


def test_a_folder_that_is_not_there_yet_can_be_looked_at(tmp_path: Path) -> None:
    found = look(tmp_path / "to" / "be")

    assert found.folder == tmp_path / "to" / "be"
    assert found.repository is None


_ENV = """\
# DATABASE_URL=postgres://commented@out/x
export DATABASE_URL="postgresql+asyncpg://zoe9:hunter2@db.example.com:5432/shop?sslmode=require"
CACHE='redis://:s3cr3t@cache:6379/0'
ODD=mysql://zoe9:p@ss/w0rd@odd.example.com/shop
LOCAL=sqlite:///secret-place.db
API_TOKEN=sk-1234567890
HOMEPAGE=https://example.com/
"""


def test_databases_are_told_by_name_and_host_and_never_by_value(folder: Path) -> None:
    (folder / ".env").write_text(_ENV)

    found = look(folder)

    assert found.databases == (
        Database("DATABASE_URL", "PostgreSQL", "db.example.com"),
        Database("CACHE", "Redis", "cache"),
        Database("ODD", "MySQL", None),
        Database("LOCAL", "SQLite", None),
    )
    made = composed(Answers(), found)
    told = json.dumps([facts(found), made.text, made.notes, repr(found)])
    for value in ("hunter2", "s3cr3t", "w0rd", "secret-place", "sk-123", "zoe9", "shop"):
        assert value not in told
    assert any("db.example.com" in note for note in made.notes)
