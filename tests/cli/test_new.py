"""`handrail new` without a terminal: from answers to a file that is served."""

from __future__ import annotations

import errno
import io
import json
import os
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from fastmcp import Client
from fastmcp.client.transports import StdioTransport

from handrail.cli.main import run
from tests.cli.terminal import Printed, handrail

New = Callable[..., Printed]
FORMS = {
    "a.toml": 'use = ["files:read"]\n[server]\nname = "mine"\n',
    "a.yaml": "use: ['files:read']\nserver:\n  name: mine\n",
    "a.json": '{"use": ["files:read"], "server": {"name": "mine"}}',
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder with a file in it, under Git."""
    folder = tmp_path / "shop"
    folder.mkdir(mode=0o755)
    (folder / "README.md").write_text("# Shop\n")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return folder


@pytest.fixture
def new(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> New:
    """Runs `handrail new` in a folder, with something piped into it."""

    def command(folder: Path, *words: str, piped: str = "") -> Printed:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped.encode())))
        code = run(["new", *words])
        return Printed(code, *capsys.readouterr())

    return command


def files(folder: Path) -> set[str]:
    """What there is in a folder, but for Git's own."""
    found = (path.relative_to(folder) for path in folder.rglob("*"))
    return {str(path) for path in found if path.parts[0] != ".git"}


def test_yes_writes_a_file_that_is_served_at_once(repository: Path, new: New) -> None:
    done = new(repository, "--yes")

    assert done.code == 0, done.err
    assert files(repository) == {
        *("README.md", "handrail.toml", ".handrail"),
        *(".handrail/schema.json", ".handrail/.gitignore"),
    }
    assert "no problems found" in handrail("check", folder=repository).err
    call = handrail("call", "read_file", "path=README.md", folder=repository)
    assert (call.code, "# Shop" in call.out) == (0, True)


def test_the_commands_that_are_told_next_work(repository: Path, new: New) -> None:
    told = json.loads(new(repository, "--yes", "--json").out)

    check, call, *_ = told["next"]
    assert call == "handrail call git_status"
    for command in (check, call):
        program, *words = shlex.split(command)
        assert program == "handrail"
        assert handrail(*words, folder=repository).code == 0


async def test_a_client_calls_its_tools(repository: Path) -> None:
    assert handrail("new", "--yes", folder=repository).code == 0
    transport = StdioTransport(
        sys.executable,
        ["-m", "handrail", "serve", str(repository / "handrail.toml")],
        env={"PATH": os.environ["PATH"]},
        keep_alive=False,
        log_file=Path(os.devnull),
    )

    async with Client(transport) as client:
        names = {tool.name for tool in await client.list_tools()}
        answer = await client.call_tool("read_file", {"path": "README.md"})

    assert {"read_file", "search", "git_log"} <= names
    assert not {"write_file", "git_commit", "delete_file"} & names
    assert "# Shop" in str(answer.content)


def test_git_sees_the_schema_and_no_state(repository: Path, new: New) -> None:
    new(repository, "--yes")
    for name in ("keys.json", "audit.jsonl", "budgets.sqlite"):
        (repository / ".handrail" / name).touch()

    listed = subprocess.run(
        ["git", "status", "--porcelain", "-uall", "--", ".handrail"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )

    assert listed.stdout.split()[1::2] == [".handrail/.gitignore", ".handrail/schema.json"]


def test_the_schema_beside_it_is_that_of_this_version(repository: Path, new: New) -> None:
    new(repository, "--yes")

    first, *_ = (repository / "handrail.toml").read_text().splitlines()
    schema = (repository / ".handrail" / "schema.json").read_text()
    assert first == "#:schema ./.handrail/schema.json"
    assert schema == handrail("schema", folder=repository).out


@pytest.mark.parametrize("name", FORMS)
def test_answers_come_from_a_file(tmp_path: Path, name: str, new: New) -> None:
    (tmp_path / name).write_text(FORMS[name])

    done = new(tmp_path, "--answers", name, "--yes")

    assert done.code == 0, done.err
    said = tomllib.loads((tmp_path / "handrail.toml").read_text())
    assert (said["use"], said["server"]["name"]) == (["files:read"], "mine")


@pytest.mark.parametrize("name", FORMS)
def test_answers_come_from_a_pipe(tmp_path: Path, name: str, new: New) -> None:
    done = new(tmp_path, "--answers", "-", "--yes", "--dry-run", piped=FORMS[name])

    assert done.code == 0, done.err
    assert tomllib.loads(done.out)["server"]["name"] == "mine"


def test_without_a_terminal_every_missing_answer_is_told_as_a_line_to_add(
    repository: Path, new: New
) -> None:
    done = new(repository, "--set", "runs=http")

    assert (done.code, done.out) == (2, "")
    assert "no terminal to ask at, and 12 answers are missing" in done.err
    assert files(repository) == {"README.md"}
    lines = [line for line in done.err.splitlines() if line.startswith("    ")]
    (repository / "rest.toml").write_text("\n".join(lines))
    again = new(repository, "--set", "runs=http", "--answers", "rest.toml")
    assert again.code == 0, again.err
    plain = new(repository, "--set", "runs=http", "--yes", "--dry-run")
    assert (repository / "handrail.toml").read_text() == plain.out


def test_a_pipe_is_no_terminal(repository: Path, new: New) -> None:
    done = new(repository, piped="\n" * 30)

    assert done.code == 2
    assert files(repository) == {"README.md"}


def test_every_mistake_is_told_at_its_place(tmp_path: Path, new: New) -> None:
    (tmp_path / "a.toml").write_text('chnges = "files"\nruns = "docker"\nauth = "none"\n')

    done = new(tmp_path, "--answers", "a.toml", "--set", "server.name=", "--yes")

    assert done.code == 2
    assert done.err.splitlines() == [
        'a.toml:1:1 error[E101] unknown key "chnges"; did you mean "changes"?',
        'a.toml:3:8 error[E102] auth = "none" where runs = "docker": anybody could call',
        '    hint: Write auth = "keys", or runs = "stdio".',
        "--set:1:13 error[E102] server.name: must not be empty",
    ]
    assert files(tmp_path) == {"a.toml"}


def test_a_rehearsal_prints_the_file_and_writes_nothing(tmp_path: Path, new: New) -> None:
    done = new(tmp_path, "--yes", "--dry-run")

    assert done.code == 0
    assert tomllib.loads(done.out)["config_version"] == 1
    assert files(tmp_path) == set()
    assert new(tmp_path, "--yes").code == 0
    assert (tmp_path / "handrail.toml").read_text() == done.out


def test_the_command_that_is_told_writes_the_same_again(tmp_path: Path, new: New) -> None:
    (tmp_path / "shop").mkdir()
    words = ["--preset", "shared", "--set", "deny=git push", "--set", "server.name=a 'b' \"c\""]
    told = json.loads(new(tmp_path, "shop", *words, "--yes", "--json").out)
    before = (tmp_path / "shop" / "handrail.toml").read_text()
    (tmp_path / "shop" / "handrail.toml").unlink()

    program, command, *again = shlex.split(told["again"])

    assert (program, command) == ("handrail", "new")
    assert new(tmp_path, *again).code == 0
    assert (tmp_path / "shop" / "handrail.toml").read_text() == before


def test_a_program_gets_facts(tmp_path: Path, new: New) -> None:
    told = json.loads(new(tmp_path, "--yes", "--json").out)

    assert told["written"] is True
    assert Path(told["file"]).read_text() == told["text"]
    assert told["findings"] == []


def test_what_this_machine_lacks_is_told_and_the_file_is_written(tmp_path: Path, new: New) -> None:
    (tmp_path / "a.toml").write_text(
        "[programs]\nno-such-program = {}\n"
        '[[tool]]\nname = "x"\ndescription = "d"\nprogram = "no-such-program"\n'
    )

    done = new(tmp_path, "--answers", "a.toml", "--yes")

    assert done.code == 1
    assert "E411" in done.err
    assert (tmp_path / "handrail.toml").exists()


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path, new: New) -> None:
    (tmp_path / "handrail.toml").write_text("mine")

    done = new(tmp_path, "--yes")

    assert done.code == 2
    assert "handrail add" in done.err
    assert (tmp_path / "handrail.toml").read_text() == "mine"
    assert files(tmp_path) == {"handrail.toml"}


def test_a_link_to_nowhere_is_not_followed(tmp_path: Path, new: New) -> None:
    (tmp_path / "handrail.toml").symlink_to(tmp_path / "elsewhere")

    assert new(tmp_path, "--yes").code == 2
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path, new: New) -> None:
    (tmp_path / "x").write_text("")

    done = new(tmp_path, "x", "--yes")

    assert (done.code, done.err) == (2, "error: x is a file\nhint: Name a folder.\n")


def test_a_folder_is_made_when_it_is_not_there(tmp_path: Path, new: New) -> None:
    done = new(tmp_path, "a/b", "--yes")

    assert done.code == 0, done.err
    assert handrail("check", "a/b/handrail.toml", folder=tmp_path).code == 0


def test_where_nothing_can_be_written_nothing_is_left(tmp_path: Path, new: New) -> None:
    # In the place of a folder; and below /proc nobody makes any, not even root.
    (tmp_path / ".handrail").write_text("a file")

    for folder in (".", "/proc/self/fd/x"):
        done = new(tmp_path, folder, "--yes")
        assert done.code == 2
        assert "cannot be written" in done.err
    assert files(tmp_path) == {".handrail"}


def test_what_was_made_is_taken_back_when_the_disk_is_full(
    tmp_path: Path, new: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a" / "b"

    def full(descriptor: int) -> None:
        if (folder / ".handrail" / "schema.json").exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)

    done = new(tmp_path, "a/b", "--yes")

    assert (done.code, "No space left on device" in done.err) == (2, True)
    assert files(tmp_path) == set()


def test_help_names_the_presets(tmp_path: Path, new: New) -> None:
    said = new(tmp_path, "--help").out

    for name in ("reader", "developer", "files", "shared"):
        assert f"{name}:" in said
