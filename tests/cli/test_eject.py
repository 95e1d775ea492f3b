"""`handrail eject` at a command line: what it writes, and what it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import handrail

FILE = """\
config_version = 1
[server]
name = "{name}"
[programs]
echo = {{}}
[[tool]]
name = "say"
description = "Say it."
program = "echo"
args = ["{{text}}"]
[tool.params]
text = {{ required = true, max_length = 100 }}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "handrail.toml").write_text(FILE.format(name="sayer"))
    return tmp_path


def files(folder: Path) -> set[str]:
    return {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}


def test_it_says_what_it_wrote_and_what_comes_next(folder: Path) -> None:
    done = handrail("eject", "project", folder=folder)

    assert done.code == 0
    assert done.out == f"{folder}/project: {len(files(folder / 'project'))} files\n"
    assert "make demo" in done.err
    assert (folder / "project" / "src" / "sayer" / "tools" / "say.py").is_file()


def test_programs_are_told_in_json(folder: Path) -> None:
    done = handrail("eject", "project", "--json", folder=folder)

    told = json.loads(done.out)
    assert (told["name"], told["folder"]) == ("sayer", f"{folder}/project")
    assert told["files"] == len(files(folder / "project"))


def test_parts_come_only_when_they_are_wanted(folder: Path) -> None:
    handrail("eject", "usual", folder=folder)
    words = ("--with", "kubernetes", "--without", "ci", "--without", "benchmarks")
    handrail("eject", "other", *words, folder=folder)

    usual, other = files(folder / "usual"), files(folder / "other")
    assert other - usual == {"deploy/k8s.yaml"}
    assert usual - other == {".github/workflows/ci.yml", "benchmarks/bench_tools.py"}


def test_without_authentication_there_is_no_compose_file(folder: Path) -> None:
    done = handrail("eject", "project", folder=folder)

    assert "compose.yaml" not in files(folder / "project")
    assert "no compose.yaml" in done.err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("class", "word of Python"),
        ("json", "would hide another one"),
        ("handrail", "would hide another one"),
        ("3 tools", "begins with a digit"),
        ("日本", "no letters"),
    ],
)
def test_a_name_that_python_cannot_use_is_refused(folder: Path, name: str, said: str) -> None:
    (folder / "handrail.toml").write_text(FILE.format(name=name))

    done = handrail("eject", "project", folder=folder)

    assert done.code == 2
    assert said in done.err
    assert "--name" in done.err
    assert not (folder / "project").exists()


def test_a_folder_with_something_in_it_stays_as_it_is(folder: Path) -> None:
    (folder / "project").mkdir()
    (folder / "project" / "mine").write_text("mine")

    done = handrail("eject", "project", folder=folder)

    assert done.code == 2
    assert "not an empty folder" in done.err
    assert files(folder / "project") == {"mine"}


@pytest.mark.parametrize("kind", ["file", "link"])
def test_nothing_is_put_in_the_place_of_a_file_or_a_link(folder: Path, kind: str) -> None:
    (folder / "elsewhere").mkdir()
    if kind == "file":
        (folder / "project").write_text("mine")
    else:
        (folder / "project").symlink_to("elsewhere")

    assert handrail("eject", "project", folder=folder).code == 2
    assert list((folder / "elsewhere").iterdir()) == []


def test_an_empty_folder_will_do(folder: Path) -> None:
    (folder / "project").mkdir()

    assert handrail("eject", "project", folder=folder).code == 0


def test_a_mistake_in_the_file_is_located(folder: Path) -> None:
    (folder / "handrail.toml").write_text("typo = 1\n" + FILE.format(name="x"))

    done = handrail("eject", "project", folder=folder)

    assert done.code == 2
    assert f"{folder}/handrail.toml:1:1 error[" in done.err
    assert not (folder / "project").exists()


def test_a_disk_that_takes_nothing_leaves_nothing_behind(folder: Path) -> None:
    done = handrail("eject", "/proc/project", folder=folder)

    assert done.code == 2
    assert "cannot be written" in done.err


def test_contradicting_parts_are_refused(folder: Path) -> None:
    done = handrail("eject", "p", "--with", "ci", "--without", "ci", folder=folder)

    assert done.code == 2
    assert not (folder / "p").exists()


def test_a_mistake_in_the_code_is_located_there(folder: Path) -> None:
    handrail("eject", "project", folder=folder)
    tool = folder / "project" / "src" / "sayer" / "tools" / "say.py"
    tool.write_text(tool.read_text().replace('"{text}"', '"{txet}"'))

    serve = "from handrail.cli.project import main; main('sayer.server', ['check'])"
    checked = subprocess.run(
        [sys.executable, "-c", serve],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{folder}/project/src"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 2
    assert f"{tool}:" in checked.stdout
    assert "txet" in checked.stdout
