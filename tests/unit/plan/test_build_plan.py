"""A tool and its arguments become a plan: exactly what would be done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from handrail.errors import ArgumentError, PathOutsideWorkspace
from handrail.plan.access import access_of
from handrail.plan.limits import Limits
from handrail.plan.plan import Plan, build_plan
from handrail.plan.program import Program
from handrail.plan.stage import Stage
from handrail.spec.tool import Effect
from tests.builders import host, planned, server, tool


def test_a_whole_plan(tmp_path: Path) -> None:
    declared = tool("-n", "{text}", params={"text": {}}, stdin="{text}!", effect="write")
    spec = server(declared, limits={"timeout": "2s", "memory": "1MiB", "cpu": "3s", "pids": 4})
    echo = Program.at("echo", Path("/bin/echo"))
    here = host(tmp_path)
    assert build_plan(spec, declared, {"text": "hé"}, here) == Plan(
        tool="t",
        stages=(Stage(echo, ("/bin/echo", "-n", "hé")),),
        cwd=tmp_path,
        workspace=tmp_path,
        access=access_of(declared, here),
        env={
            "HOME": "/nonexistent",
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "PATH": "/bin:/usr/local/bin:/usr/bin:/usr/local/sbin:/usr/sbin:/sbin",
            "TERM": "dumb",
            "TZ": "UTC",
            "XDG_CACHE_HOME": "$TMPDIR/cache",
        },
        stdin="hé!".encode(),
        limits=Limits(
            wall_seconds=2.0,
            memory_bytes=1 << 20,
            cpu_seconds=3.0,
            pids=4,
            file_bytes=1 << 30,
            open_files=1024,
            output_bytes=64 << 10,
            spool_bytes=256 << 20,
        ),
        effect=Effect.WRITE,
        approval=False,
        network=False,
        hidden=(),
        arguments={"text": ("hé",)},
    )


def test_planning_starts_nothing_and_changes_nothing(tmp_path: Path) -> None:
    declared = tool("{path}", params={"path": {"type": "path"}}, cwd="{path}")
    assert planned(declared, {"path": "new"}, host(tmp_path)).cwd == tmp_path / "new"
    assert list(tmp_path.iterdir()) == []


def test_a_tools_own_limits_win() -> None:
    own = {"timeout": "5s", "memory": "2MiB", "cpu": "1s", "pids": 7, "output": "1KiB"}
    files = {"file_size": "3MiB", "open_files": 96}
    assert planned(tool(**own, **files)).limits == Limits(
        wall_seconds=5.0,
        memory_bytes=2 << 20,
        cpu_seconds=1.0,
        pids=7,
        file_bytes=3 << 20,
        open_files=96,
        output_bytes=1024,
        spool_bytes=256 << 20,
    )


@pytest.mark.parametrize(
    ("keys", "asks"),
    [
        ({}, False),
        ({"effect": "write"}, False),
        ({"effect": "destructive"}, True),
        ({"effect": "destructive", "approval": "never"}, False),
        ({"effect": "read", "approval": "always"}, True),
    ],
)
def test_who_needs_approval(keys: dict[str, Any], asks: bool) -> None:
    assert planned(tool(**keys)).approval is asks


def test_stdin_is_nothing_unless_declared() -> None:
    assert planned(tool()).stdin is None
    assert planned(tool(stdin="")).stdin == b""


def test_stdin_needs_its_params() -> None:
    declared = tool(stdin="{text}", params={"text": {"multiline": True}})
    assert planned(declared, {"text": "-a\nb"}).stdin == b"-a\nb"
    with pytest.raises(ArgumentError) as refused:
        planned(declared)
    assert refused.value.field == "text"


CWD = {"params": {"dir": {"type": "path", "default": "."}, "file": {"type": "path"}}}


def test_cwd_and_the_paths_below_it(tmp_path: Path) -> None:
    declared = tool(["{file}"], cwd="{dir}", **CWD)
    (tmp_path / "sub").mkdir()

    def cwd_and_file(directory: str, file: str) -> tuple[Path, str]:
        plan = planned(declared, {"dir": directory, "file": file}, host(tmp_path))
        return plan.cwd, plan.argv[1]

    assert cwd_and_file(".", "sub/a") == (tmp_path, "./sub/a")
    # Arguments stay relative to the workspace, wherever the program runs.
    assert cwd_and_file("sub", "sub/a") == (tmp_path / "sub", "./a")
    assert cwd_and_file("sub", "a") == (tmp_path / "sub", f"{tmp_path}/a")


def test_a_literal_cwd(tmp_path: Path) -> None:
    assert planned(tool(cwd="sub"), on=host(tmp_path)).cwd == tmp_path / "sub"


@pytest.mark.parametrize("outside", ["..", "/etc", "sub/../.."])
def test_cwd_stays_in_the_workspace(tmp_path: Path, outside: str) -> None:
    declared = tool(cwd="{dir}", params={"dir": {}})
    with pytest.raises(PathOutsideWorkspace) as refused:
        planned(declared, {"dir": outside}, host(tmp_path))
    assert refused.value.field == "dir"


def test_the_environment_comes_from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "leak")
    monkeypatch.setenv("LD_PRELOAD", "/tmp/evil.so")
    monkeypatch.setenv("HOME", "/root")
    names = ["HOME", "LANG", "NO_COLOR", "PATH", "TERM", "TZ", "XDG_CACHE_HOME"]
    assert sorted(planned(tool()).env) == names
    assert planned(tool()).env["HOME"] == "/nonexistent"


def test_declared_variables_and_secrets_reach_the_environment_only() -> None:
    declared = tool("x", env={"MODE": "fast", "TOKEN": {"secret": "TOKEN"}, "LANG": "C"})
    plan = planned(declared, on=host(secrets={"TOKEN": "s3cr3t-value", "OTHER": "unused"}))
    assert (plan.env["MODE"], plan.env["TOKEN"], plan.env["LANG"]) == ("fast", "s3cr3t-value", "C")
    assert plan.argv == ("/bin/echo", "x")
    assert plan.hidden == ("s3cr3t-value",)


def test_a_plans_environment_cannot_be_changed() -> None:
    env: Any = planned(tool()).env
    with pytest.raises(TypeError):
        env["LD_PRELOAD"] = "/tmp/evil.so"


def test_a_program_in_the_workspace_does_not_put_its_folder_on_path(tmp_path: Path) -> None:
    planted = tmp_path / "bin" / "deploy"
    planted.parent.mkdir()
    planted.touch(mode=0o755)
    both = {"echo": Path("/bin/echo"), "deploy": planted}
    path = planned(tool(), on=host(tmp_path, programs=both)).env["PATH"]
    assert str(tmp_path) not in path
