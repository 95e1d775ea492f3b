"""Which files the commands of a tool may use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from handrail.plan.access import Access, access_of, bare_access
from handrail.plan.host import Host
from handrail.plan.runtime import Runtime
from tests.builders import host, tool

PROGRAM = Path("/bin/echo").resolve()
SYSTEM = Runtime("system", readable=(Path("/etc/hosts"),), executable=(Path("/usr"), Path("/bin")))
RUNTIME = Runtime("echo", readable=(Path("/var/lib"),), executable=(Path("/usr/lib"),))


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "ws").mkdir()
    return tmp_path / "ws"


def machine(workspace: Path, **others: Any) -> Host:
    return host(workspace, runtimes={"echo": RUNTIME}, system=SYSTEM, **others)


def allowed(workspace: Path, **keys: Any) -> Access:
    return access_of(tool(**keys), machine(workspace))


def test_a_reading_tool_reads_the_workspace_and_what_its_program_needs(workspace: Path) -> None:
    usr, hosts, lib = Path("/usr"), Path("/etc/hosts"), Path("/var/lib")
    assert allowed(workspace) == Access(
        readable=(workspace, hosts, lib, usr),
        executable=(usr,),
        writable=(),
        kept=(),
        hidden=(),
        links=((Path("/bin"), Path("/usr/bin")),),
    )


def test_a_program_alone_needs_no_workspace(workspace: Path) -> None:
    bare = bare_access("echo", machine(workspace))
    assert workspace not in bare.readable
    assert PROGRAM.is_relative_to(*bare.executable)


@pytest.mark.parametrize("effect", ["write", "destructive"])
def test_a_writing_tool_writes_the_workspace(workspace: Path, effect: str) -> None:
    assert allowed(workspace, effect=effect).writable == (workspace,)
    assert allowed(workspace, effect=effect, writable=[]).writable == ()


def test_declared_paths_are_relative_to_the_file_and_lead_where_their_links_do(
    tmp_path: Path, workspace: Path
) -> None:
    for name in ("data", "cache", "tools"):
        (tmp_path / name).mkdir()
    (workspace / "link").symlink_to(tmp_path / "data")
    access = allowed(
        workspace,
        effect="read",
        readable=["link", "../data"],
        writable=["../cache"],
        executable=["../tools"],
    )
    data, cache, tools = (tmp_path / name for name in ("data", "cache", "tools"))
    assert access.writable == (cache,)
    assert access.executable == (Path("/usr"), tools)
    assert [path for path in access.readable if path.is_relative_to(tmp_path)] == [
        workspace,
        data,
        tools,
        cache,
    ]


def test_a_link_made_since_the_start_means_nothing(tmp_path: Path, workspace: Path) -> None:
    (workspace / "out").symlink_to("/")
    then = machine(workspace, declared={"out": workspace / "out"})
    assert access_of(tool(writable=["out"]), then).writable == (workspace / "out",)


def test_what_commands_can_write_is_executed_only_where_the_author_accepts_it(
    tmp_path: Path, workspace: Path
) -> None:
    (tmp_path / "out").mkdir()
    keys: dict[str, Any] = {"effect": "write", "writable": ["../out"]}
    assert workspace not in allowed(workspace, **keys).executable
    accepted = allowed(workspace, **keys, acknowledge=["executes-workspace-code"])
    assert accepted.executable == (Path("/usr"), workspace, tmp_path / "out")


def test_repositories_state_and_the_server_file_are_kept(workspace: Path) -> None:
    for name in (".git", ".handrail", "build/.git"):
        (workspace / name).mkdir(parents=True)
    (workspace / "handrail.toml").touch()
    expected = [workspace / name for name in (".git", ".handrail", "handrail.toml")]
    assert list(allowed(workspace, effect="write").kept) == expected
    assert allowed(workspace, effect="write", writable=["build"]).kept == (
        workspace / "build" / ".git",
    )
    assert allowed(workspace).kept == ()


def test_what_comes_into_being_later_is_kept_from_then_on(workspace: Path) -> None:
    writing, here = tool(effect="write"), machine(workspace)
    assert access_of(writing, here).kept == ()
    (workspace / ".git").mkdir()
    assert access_of(writing, here).kept == (workspace / ".git",)


def test_the_real_state_and_file_are_kept_wherever_they_lie(workspace: Path) -> None:
    inner = workspace / "conf"
    (inner / ".handrail").mkdir(parents=True)
    (workspace / "real.toml").touch()
    (inner / "server.toml").symlink_to("../real.toml")
    here = machine(workspace, file=inner / "server.toml", state=inner / ".handrail")
    kept = access_of(tool(effect="write"), here).kept
    assert set(kept) == {inner / ".handrail", inner / "server.toml", workspace / "real.toml"}


def test_a_linked_repository_is_kept_at_both_ends(workspace: Path) -> None:
    (workspace / "repository").mkdir()
    (workspace / ".git").symlink_to("repository")
    assert allowed(workspace, effect="write").kept == (
        workspace / ".git",
        workspace / "repository",
    )


def test_what_writable_names_itself_is_written(workspace: Path) -> None:
    (workspace / ".git").mkdir()
    (workspace / ".handrail").mkdir()
    access = allowed(workspace, effect="write", writable=[".", ".git"])
    assert access.kept == (workspace / ".handrail",)


def test_state_and_files_of_secrets_are_hidden(tmp_path: Path, workspace: Path) -> None:
    (workspace / ".handrail").mkdir()
    (workspace / "keys").mkdir()
    (workspace / "keys" / "token").touch()
    (tmp_path / "elsewhere").touch()
    (workspace / "linked").symlink_to("keys/token")
    files = (workspace / "linked", tmp_path / "elsewhere", workspace / "gone")
    here = machine(workspace, secret_files=files)
    access = access_of(tool(), here)
    assert access.hidden_folders == (workspace / ".handrail",)
    assert access.hidden_files == (workspace / "linked", workspace / "keys" / "token")
    assert set(access.hidden) == {*access.hidden_folders, *access.hidden_files}
    named = tool(readable=[".handrail"], name="other")
    assert workspace / ".handrail" not in access_of(named, here).hidden


def test_a_name_out_of_sight_is_told_with_where_it_leads(tmp_path: Path, workspace: Path) -> None:
    (tmp_path / "echo").symlink_to(PROGRAM)
    linked = machine(workspace, programs={"echo": tmp_path / "echo"})
    assert (tmp_path / "echo", PROGRAM) in access_of(tool(), linked).links
    (workspace / "echo").symlink_to(PROGRAM)
    in_sight = machine(workspace, programs={"echo": workspace / "echo"})
    assert access_of(tool(), in_sight).links == ((Path("/bin"), Path("/usr/bin")),)


def test_two_tools_of_one_name_are_not_mistaken_for_each_other(workspace: Path) -> None:
    here = machine(workspace)
    assert access_of(tool(), here).writable == ()
    assert access_of(tool(effect="write"), here).writable == (workspace,)
