"""`handrail key` at a command line; what its keys open is tested in `tests/served`."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from handrail.cli.main import run
from tests.cli.terminal import handrail

_FILE = """
config_version = 1
[programs]
echo = {}
[[tool]]
name = "say"
description = "Say it."
program = "echo"
requires = ["speaker"]
[access.roles.reader]
tools = ["say"]
[access.roles.maintainer]
tools = ["*"]
"""
_AUTH = '[auth]\nkeys = ".handrail/keys.json"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "handrail.toml").write_text(f"{_FILE}{_AUTH}")
    return tmp_path


def new(folder: Path, *words: str) -> dict[str, Any]:
    """A key, made by the command line."""
    printed = handrail("key", "new", *words, "--json", folder=folder)
    assert printed.code == 0, printed.err
    made: dict[str, Any] = json.loads(printed.out)
    return made


def listed(folder: Path) -> list[dict[str, Any]]:
    """The keys, as the command line lists them."""
    keys: list[dict[str, Any]] = json.loads(handrail("key", "list", "--json", folder=folder).out)
    return keys


def test_a_key_is_shown_once_and_kept_as_a_hash(folder: Path) -> None:
    words = ["ci", "--role", "reader", "--role", "speaker", "--tool", "s*", "--expires", "30d"]
    made = new(folder, *words)
    text = made.pop("key")
    file = folder / ".handrail" / "keys.json"

    assert text.startswith("hr_")
    assert len(text) > 64
    assert text not in file.read_text()
    assert text.rpartition("_")[2] not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (made["name"], made["roles"], made["tools"]) == ("ci", ["reader", "speaker"], ["s*"])
    left = datetime.fromisoformat(made["expires"]) - datetime.now(UTC)
    assert timedelta(days=29) < left <= timedelta(days=30)
    assert listed(folder) == [made]


def test_a_person_gets_the_key_alone_on_stdout(folder: Path) -> None:
    printed = handrail("key", "new", "ci", "--role", "reader", folder=folder)

    assert (printed.code, len(printed.out.split())) == (0, 1)
    assert "only now" in printed.err
    shown = handrail("key", "list", folder=folder)
    assert shown.out.split()[1:4] == ["ci", "roles", "reader"]
    assert printed.out.strip().rpartition("_")[2] not in shown.out


def test_keys_are_revoked_by_their_id_or_by_the_callers_name(folder: Path) -> None:
    first, second, other = (new(folder, name, "--role", "reader") for name in ("ci", "ci", "bob"))

    assert handrail("key", "revoke", first["id"], folder=folder).code == 0
    assert [key["id"] for key in listed(folder)] == [second["id"], other["id"]]
    assert handrail("key", "revoke", "ci", folder=folder).code == 0
    assert [key["id"] for key in listed(folder)] == [other["id"]]
    again = handrail("key", "revoke", "ci", folder=folder)
    assert (again.code, "there is no key 'ci'" in again.err, "bob" in again.err) == (2, True, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ci", "--role", "redaer"], "hint: Roles: reader, maintainer, speaker."),
        (["ci"], "without a role"),
        (["local", "--role", "reader"], "on stdio"),
        (["jwt:ci", "--role", "reader"], "not a name for a key"),
        (["ci", "--role", "reader", "--expires", "soon"], "like 30d"),
        (["ci", "--role", "reader", "--expires", "999999999999d"], "like 30d"),
    ],
)
def test_what_cannot_be_made_exits_with_2_and_leaves_no_file(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    code = run(["key", "new", *words, "--file", str(folder / "handrail.toml")])

    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert said in printed.err
    assert not (folder / ".handrail").exists()


def test_without_a_key_file_the_line_to_add_is_shown(folder: Path) -> None:
    (folder / "handrail.toml").write_text(_FILE)
    printed = handrail("key", "list", folder=folder)

    assert printed.code == 2
    line = 'auth.keys = ".handrail/keys.json"'
    assert line in printed.err
    (folder / "handrail.toml").write_text(f"{line}\n{_FILE}")
    assert handrail("key", "list", folder=folder).code == 0


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 2, "keys": []}', "[" * 100_000])
def test_a_broken_key_file_is_named_and_left_as_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    file = folder / ".handrail" / "keys.json"
    file.parent.mkdir()
    file.write_text(content)

    code = run(["key", "new", "ci", "--role", "reader", "--file", str(folder / "handrail.toml")])

    assert code == 2
    assert f"{file} is no key file" in capsys.readouterr().err
    assert file.read_text() == content


def test_the_file_stays_with_its_owner_and_open_to_its_group(folder: Path) -> None:
    new(folder, "ci", "--role", "reader")
    file = folder / ".handrail" / "keys.json"
    file.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(file, 3210001, 3210002)
    before = file.stat()
    new(folder, "bob", "--role", "reader")

    now = file.stat()
    assert now.st_ino != before.st_ino
    assert (now.st_uid, now.st_gid, now.st_mode) == (before.st_uid, before.st_gid, before.st_mode)


_MAKE_MANY = """
import sys
from pathlib import Path
from handrail.mcp.auth.key import new_key
from handrail.mcp.auth.key_file import changing
for _ in range(40):
    with changing(Path(sys.argv[1])) as keys:
        keys.append(new_key(sys.argv[2], (), None, None)[0])
"""


def test_keys_that_are_made_at_the_same_time_are_all_there(folder: Path) -> None:
    file = folder / ".handrail" / "keys.json"
    command = [sys.executable, "-c", _MAKE_MANY, str(file)]
    writers = [subprocess.Popen([*command, name]) for name in ("a", "b", "c")]

    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    names = [key["name"] for key in listed(folder)]
    assert {name: names.count(name) for name in "abc"} == {"a": 40, "b": 40, "c": 40}
    assert [entry.name for entry in file.parent.iterdir()] == ["keys.json"]
