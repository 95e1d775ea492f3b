"""Servers in the configuration of clients, at the command line."""

from __future__ import annotations

import io
import json
import os
import sys
import tomllib
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from fastmcp import Client
from fastmcp.client.transports import StdioTransport

from handrail.cli.main import run
from tests.cli.terminal import Printed, handrail
from tests.ejected.ejecting import eject
from tests.running import hand_over

_SERVER_FILE = """\
config_version = 1
[server]
name = "dev tools"
[workspace]
root = "${ROOT}"
[programs.echo]
[secrets]
TOKEN = { env = "API_TOKEN" }
[[tool]]
name = "say"
description = "Say a word to whoever listens."
program = "echo"
args = ["{word}"]
params.word = { required = true, pattern = "[a-z]+" }
readable = ["${EXTRA:-/usr}"]
"""
_SECRET = "a-value-that-belongs-in-no-file"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "a server's folder"
    folder.mkdir()
    (folder / "handrail.toml").write_text(_SERVER_FILE)
    hand_over(folder)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


def _client(folder: Path, home: Path, *arguments: str, **environ: str) -> Printed:
    """Run the command here: what is slow is to start it."""
    out, err = io.StringIO(), io.StringIO()
    here = {"PATH": os.environ["PATH"], "HOME": str(home), **environ}
    with (
        patch.dict(os.environ, here, clear=True),
        chdir(folder),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = run(["client", *arguments])
    return Printed(code, out.getvalue(), err.getvalue())


def _command(name: str, printed: str) -> list[str]:
    """The command in a printed file."""
    if name == "codex":
        entry: Any = tomllib.loads(printed)["mcp_servers"]["dev-tools"]
    else:
        entry = json.loads(printed)["mcp"]["dev-tools"]
    command = entry["command"]
    return [*([command] if isinstance(command, str) else command), *entry.get("args", [])]


@pytest.mark.parametrize("name", ["codex", "opencode"])
async def test_the_printed_command_serves_from_anywhere(
    folder: Path, home: Path, name: str
) -> None:
    printed = handrail("client", name, folder=folder, HOME=str(home))
    command = _command(name, printed.out)
    given = ["-i", f"ROOT={folder}", f"API_TOKEN={_SECRET}"]
    transport = StdioTransport("/usr/bin/env", [*given, *command], cwd="/", log_file=home / "log")

    async with Client(transport) as client:
        said = await client.call_tool("say", {"word": "hello"})

    assert printed.code == 0
    assert said.structured_content is not None
    assert said.structured_content["stdout"] == "hello\n"


async def test_a_project_is_started_by_its_own_code(
    folder: Path, home: Path, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    eject(folder / "handrail.toml", project, ROOT=str(folder))
    early = _client(project, home, "cursor")
    script = project / ".venv" / "bin" / "dev-tools"
    script.parent.mkdir(parents=True)
    script.write_text(
        f'#!/bin/sh\nPYTHONPATH={project}/src exec {sys.executable} -m dev_tools "$@"\n'
    )
    script.chmod(0o755)
    printed = _client(project, home, "cursor")
    started = json.loads(printed.out)["mcpServers"]["dev-tools"]
    given = {"PATH": os.environ["PATH"], "ROOT": str(folder), "API_TOKEN": _SECRET}
    transport = StdioTransport(
        started["command"], [], env=given, keep_alive=False, log_file=home / "log"
    )

    async with Client(transport) as client:
        said = await client.call_tool("say", {"word": "hello"})

    assert (early.code, "make demo" in early.err) == (2, True)
    assert (started["command"], started.get("args")) == (str(script), None)
    assert (said.structured_content or {})["stdout"] == "hello\n"


def test_clients_are_listed_with_their_files(folder: Path, home: Path) -> None:
    printed = _client(folder, home)
    listed = json.loads(_client(folder, home, "--json", CODEX_HOME="/c").out)
    files = {one["name"]: one["file"] for one in listed}

    assert printed.out.splitlines()[0].split() == [
        "claude-code",
        "Claude",
        "Code",
        f"{home}/.claude.json",
    ]
    assert files["codex"] == "/c/config.toml"
    assert set(files) == {line.split()[0] for line in printed.out.splitlines()}
    assert len(files) == 10


def test_an_unknown_client_is_refused_with_the_one_that_was_meant(folder: Path, home: Path) -> None:
    printed = _client(folder, home, "cursr")

    assert (printed.code, printed.out) == (2, "")
    assert printed.err == "error: there is no client 'cursr'\nhint: Did you mean \"cursor\"?\n"


def test_variables_are_named_and_never_told(folder: Path, home: Path) -> None:
    environ = {"ROOT": "/tmp", "API_TOKEN": _SECRET, "EXTRA": _SECRET}
    printed = _client(folder, home, "gemini", **environ)
    facts = _client(folder, home, "gemini", "--json", **environ)

    entry = json.loads(printed.out)["mcpServers"]["dev-tools"]
    assert entry["env"] == {"ROOT": "${ROOT}", "API_TOKEN": "${API_TOKEN}"}
    assert json.loads(facts.out)["environment"] == ["ROOT", "API_TOKEN"]
    assert "needs ROOT and API_TOKEN in the environment" in printed.err
    assert _SECRET not in printed.out + printed.err + facts.out + facts.err


def test_a_client_that_passes_no_variables_has_the_user_add_them(folder: Path, home: Path) -> None:
    printed = _client(folder, home, "claude-desktop", "--write")
    file = home / ".config/Claude/claude_desktop_config.json"
    held = json.loads(file.read_text())
    assert 'add "env" with the values' in printed.err

    held["mcpServers"]["dev-tools"]["env"] = {"ROOT": "/tmp", "API_TOKEN": _SECRET}
    file.write_text(json.dumps(held))
    again = _client(folder, home, "claude-desktop", "--write")
    assert (again.code, again.out) == (0, f"{file}: dev-tools already there\n")
    assert json.loads(file.read_text()) == held


def test_a_server_is_written_beside_what_is_there(folder: Path, home: Path) -> None:
    file = home / ".config/zed/settings.json"
    file.parent.mkdir(parents=True)
    before = '// Mine.\n{\n  "theme": "One", // not Two\n}\n'
    file.write_text(before)
    file.chmod(0o600)
    backup = file.with_name("settings.json.handrail-backup")

    printed = _client(folder, home, "zed", "--write")
    assert printed.out == f"{file}: dev-tools added\n{backup}: what was there before\n"
    assert printed.code == 0
    assert file.read_text().startswith('// Mine.\n{\n  "theme": "One", // not Two\n  "context_')
    assert (backup.read_text(), file.stat().st_mode & 0o777) == (before, 0o600)
    assert backup.stat().st_mode & 0o777 == 0o600

    written = file.read_text()
    assert _client(folder, home, "zed", "--write").out == f"{file}: dev-tools already there\n"
    assert (file.read_text(), len(list(file.parent.iterdir()))) == (written, 2)


def test_another_entry_of_the_name_is_replaced_only_when_told(folder: Path, home: Path) -> None:
    file = home / ".codex/config.toml"
    file.parent.mkdir()
    texts = ['# Mine.\n[mcp_servers.dev-tools]\nurl = "http://a"\n']
    file.write_text(texts[0])
    refused = _client(folder, home, "codex", "--write")
    assert (refused.code, refused.out) == (2, "")
    assert f"{file}:2:14: there is another entry called 'dev-tools'" in refused.err
    assert (file.read_text(), len(list(file.parent.iterdir()))) == (texts[0], 1)

    for arguments in ([], ["--http", "https://tools.example.com", "--name", "dev-tools"]):
        printed = _client(folder, home, "codex", "--write", "--replace", *arguments)
        assert f"{file}: dev-tools replaced\n" in printed.out, printed.err
        texts.append(file.read_text())
    backups = [file.with_name(f"config.toml.handrail-backup{n}") for n in ("", ".2")]
    assert [one.read_text() for one in backups] == texts[:2]
    assert tomllib.loads(texts[2])["mcp_servers"]["dev-tools"] == {
        "url": "https://tools.example.com/mcp",
        "bearer_token_env_var": "HANDRAIL_KEY",
    }


def test_a_project_has_a_file_of_its_own(folder: Path, home: Path) -> None:
    printed = _client(folder, home, "vscode", "--project", "--write")
    file = folder / ".vscode/mcp.json"

    assert printed.out == f"{file}: dev-tools added\n"
    assert set(json.loads(file.read_text())["servers"]) == {"dev-tools"}
    assert "paths in the entry are those of this machine" in printed.err
    assert _client(folder, home, "windsurf", "--project").code == 2


def test_of_two_files_the_one_that_is_there_is_used(folder: Path, home: Path) -> None:
    (folder / "opencode.jsonc").write_text("{ /* mine */ }")
    printed = _client(folder, home, "opencode", "--project", "--write")

    assert printed.out.startswith(f"{folder}/opencode.jsonc: dev-tools added\n")
    assert (folder / "opencode.jsonc").read_text().startswith("{ /* mine */")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", ":1:2 error[E106] not valid JSON"),
        ('{"mcpServers": 1}', ":1:16 error[E102] mcpServers is an integer"),
        ("\ufeff{}", ":1:1 error[E105] begins with a byte order mark"),
        ('{"a": "\udcff"}', ":1:8 error[E105] not UTF-8: byte 0xff"),
        (" " * (16 * 1024**2 + 1), ":1:1 error[E104] is larger than 16777216 bytes"),
    ],
    ids=["syntax", "shape", "mark", "bytes", "size"],
)
def test_a_file_that_cannot_be_merged_is_left_alone(
    folder: Path, home: Path, content: str, message: str
) -> None:
    file = home / ".cursor/mcp.json"
    file.parent.mkdir()
    raw = content.encode(errors="surrogateescape")
    file.write_bytes(raw)
    printed = _client(folder, home, "cursor", "--write")

    assert (printed.code, printed.out) == (2, "")
    assert f"{file}{message}" in printed.err
    assert (file.read_bytes(), len(list(file.parent.iterdir()))) == (raw, 1)


@pytest.mark.parametrize(
    ("kind", "message"),
    [("link", "is a link"), ("folder", "is not a file"), ("read-only", "is read-only")],
)
def test_what_is_no_plain_file_is_left_alone(
    folder: Path, home: Path, kind: str, message: str
) -> None:
    file, target = home / "mine.json", home / "target.json"
    target.write_text("{}")
    match kind:
        case "link":
            file.symlink_to(target)
        case "folder":
            file.mkdir()
        case _:
            file.write_text("{}")
            file.chmod(0o444)
    printed = _client(folder, home, "cursor", "--write", "--config", str(file))

    assert printed.code == 2
    assert f"{file}:1:1 error[E104] {message}" in printed.err
    assert target.read_text() == "{}"
    assert not file.is_file() or file.read_text() == "{}"
    assert len(list(home.iterdir())) == 2


def test_a_file_that_cannot_be_written_is_as_before(folder: Path, home: Path) -> None:
    blocked = home / "file"
    blocked.write_text("not a folder")
    printed = _client(folder, home, "codex", "--write", CODEX_HOME=str(blocked))

    assert printed.code == 2
    assert "Traceback" not in printed.err
    assert blocked.read_text() == "not a folder"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--http", "tools.example.com"], "is not the URL of a server"),
        (["--http", "ftp://a"], "is not the URL of a server"),
        (["--http", "http://[::1"], "is not the URL of a server"),
        (["--http", f"https://me:{_SECRET}@a"], "a URL with a password in it"),
        (["--http", "https://a", "--key", _SECRET], "takes the name of an environment variable"),
        (["--http", "https://a", "--file", "handrail.toml"], "--http is a server that runs"),
        (["--name", "a b"], "a server cannot be called 'a b'"),
        (["--file", "other.toml"], "other.toml:1:1 error[E104] there is no such file"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    folder: Path, home: Path, arguments: list[str], message: str
) -> None:
    printed = _client(folder, home, "cursor", "--write", *arguments)

    assert (printed.code, printed.out) == (2, "")
    assert message in printed.err
    assert _SECRET not in printed.err
    assert not list(home.iterdir())


def test_a_server_that_runs_already_has_a_key_by_name(folder: Path, home: Path) -> None:
    here = _client(folder, home, "cursor", "--http", "http://127.0.0.1:8000/", "--key", "MY_KEY")
    there = _client(folder, home, "cursor", "--http", "http://tools.example.com/x")

    assert json.loads(here.out)["mcpServers"]["handrail"] == {
        "url": "http://127.0.0.1:8000/mcp",
        "headers": {"Authorization": "Bearer ${env:MY_KEY}"},
    }
    assert "caller's key into MY_KEY" in here.err
    assert "unencrypted" not in here.err
    assert "unencrypted" in there.err
    assert "http://tools.example.com/x" in there.out
    assert (
        "starts servers by its file"
        in _client(folder, home, "claude-desktop", "--http", "http://a").err
    )
    assert "into headers" in _client(folder, home, "zed", "--http", "https://a").err


def test_a_path_that_a_client_would_change_is_refused(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "$HOME"
    folder.mkdir()
    (folder / "handrail.toml").write_text(_SERVER_FILE)

    assert "would read a variable into" in _client(folder, home, "gemini").err
    assert _client(folder, home, "codex").code == 0


def test_a_read_only_disk_is_told(folder: Path, home: Path) -> None:
    read_only = ["bwrap", "--dev-bind", "/", "/", "--ro-bind", str(home), str(home), "--"]

    printed = handrail(
        "client", "cursor", "--write", folder=folder, under=read_only, HOME=str(home)
    )

    assert (printed.code, list(home.iterdir())) == (2, [])
    assert "cannot be written: Read-only file system" in printed.err
