"""What keeps the commands' user from what they need, and what to do about it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from handrail.diagnostic import Finding
from handrail.plan.declared import Declared, declared
from handrail.plan.needs import forbidden, needs
from handrail.plan.program import Program
from handrail.plan.runtime import Runtime
from handrail.plan.unreachable import unreachable
from handrail.plan.user import User
from handrail.spec.server import ServerSpec
from handrail.spec.tool import ToolSpec
from tests.builders import host, server, tool

STRANGER = User("3210001", 3_210_001, 3_210_002)


def refused(folder: Path, *tools: ToolSpec, **programs: Path) -> list[Finding]:
    spec = server(*tools)
    found = {name: Program.at(name, path) for name, path in programs.items()}
    trees = [tree for tree in declared(spec, folder) if isinstance(tree, Declared)]
    return list(forbidden(needs(spec, folder, found, trees), STRANGER))


def out_of_reach(workspace: Path, spec: ServerSpec, **others: Any) -> list[tuple[str, str]]:
    here = host(workspace, user=STRANGER, **others)
    return [(found.code, found.message) for found in unreachable(here, spec)]


def test_an_open_workspace_is_enough_to_read_it(tmp_path: Path) -> None:
    assert refused(tmp_path, tool()) == []


def test_a_closed_workspace_names_the_user_and_the_ways_out(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (finding,) = refused(tmp_path, tool(effect="write"))
    assert finding == Finding(
        ("workspace", "root"),
        "E403",
        f"the workspace {tmp_path} cannot be read by user 3210001, whom commands run as",
        "Change its owner or mode, or name another user in [confinement] user.",
    )


def test_only_a_tool_that_writes_the_workspace_needs_it_writable(tmp_path: Path) -> None:
    (finding,) = refused(tmp_path, tool(), tool(effect="write", name="save"))
    assert finding.code == "E404"
    assert f'the workspace {tmp_path} of tool "save" cannot be written' in finding.message
    assert refused(tmp_path, tool(effect="write", writable=[])) == []


def test_programs_and_declared_paths_must_let_the_user_in(tmp_path: Path) -> None:
    for name, mode in (("program", 0o744), ("tree", 0o755), ("file", 0o600)):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    declaring = tool(readable=["file"], writable=["tree"], executable=["tree"])
    found = refused(tmp_path, declaring, p=tmp_path / "program")
    assert [(f.at, f.code) for f in found] == [
        (("programs", "p"), "E415"),
        (("tool", 0, "readable", 0), "E433"),
        (("tool", 0, "writable", 0), "E433"),
    ]
    assert found[2].message.startswith(f"writable: {tmp_path / 'tree'} cannot be written by user")


def test_closed_folders_on_the_way_are_named(tmp_path: Path) -> None:
    inner = tmp_path / "closed" / "inner"
    inner.mkdir(parents=True, mode=0o777)
    (inner / "program").touch(mode=0o755)
    (inner / "lib").mkdir()
    (tmp_path / "program").symlink_to(inner / "program")
    closed = tmp_path / "closed"
    closed.chmod(0o700)
    user = "user 3210001, whom commands run as"
    found = out_of_reach(
        inner,
        server(tool(readable=["lib"])),
        programs={"p": tmp_path / "program"},
        runtimes={"p": Runtime("p", readable=(inner / "lib", inner), executable=())},
    )
    assert found == [
        ("E403", f"the workspace {inner} is out of reach: {closed} is closed to {user}"),
        (
            "E415",
            f'program "p" ({tmp_path / "program"}) is out of reach: {closed} is closed to {user}',
        ),
        ("E433", f"readable: {inner / 'lib'} is out of reach: {closed} is closed to {user}"),
        (
            "E416",
            f'{inner / "lib"}, which program "p" needs, is out of reach: '
            f"{closed} is closed to {user}",
        ),
    ]
    closed.chmod(0o711)
    assert out_of_reach(inner, server(tool()), programs={"p": tmp_path / "program"}) == []


def test_a_server_that_is_not_root_reaches_what_it_has_seen(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert list(unreachable(host(tmp_path), server(tool()))) == []


def test_the_server_itself_is_asked_where_it_runs_the_commands(tmp_path: Path) -> None:
    wanted = list(needs(server(tool()), tmp_path, {}, []))
    assert list(forbidden(wanted, None)) == []
    assert os.access(tmp_path, os.R_OK)
