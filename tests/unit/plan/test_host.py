"""What this machine offers to a server file, and every lack of it."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from typing import Any

import pytest

from handrail.diagnostic import Finding, Severity
from handrail.plan.host import Host, survey
from handrail.plan.program import Program
from handrail.plan.runtime import runtime_of
from handrail.plan.user import User
from handrail.profiles.catalogue import shipped
from handrail.spec.tool import ToolSpec
from tests.builders import server, tool

NOBODY = User("nobody", 65534, pwd.getpwnam("nobody").pw_gid)


def look(
    tmp_path: Path, *tools: ToolSpec, environ: dict[str, str] | None = None, **tables: Any
) -> Any:
    spec = server(*(tools or [tool()]), **tables)
    return survey(spec, tmp_path / "handrail.toml", environ or {"PATH": "/usr/bin:/bin"})


def found(tmp_path: Path, *tools: ToolSpec, **given: Any) -> Host:
    host, findings = look(tmp_path, *tools, **given)
    assert findings == []
    assert isinstance(host, Host)
    return host


def lacks(tmp_path: Path, *tools: ToolSpec, **given: Any) -> list[Finding]:
    host, findings = look(tmp_path, *tools, **given)
    assert host is None
    return list(findings)


def test_a_whole_host(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "ws").symlink_to("real")
    (tmp_path / "key").write_text("from-file\n")
    host = found(
        tmp_path,
        environ={"PATH": "/bin", "T": "from-env"},
        workspace={"root": "ws"},
        programs={"sh": {}, "shell": {"path": "/bin/../bin/sh"}},
        secrets={"A": {"env": "T"}, "B": {"file": "key"}},
    )
    programs = {name: Program.at(name, Path("/bin/sh")) for name in ("sh", "shell")}
    assert host == Host(
        file=tmp_path / "handrail.toml",
        workspace=tmp_path / "real",
        state=tmp_path / ".handrail",
        programs=programs,
        runtimes={name: runtime_of(Path("/bin/sh")) for name in programs},
        profiles={name: known for name in programs if (known := shipped("sh")) is not None},
        user=NOBODY if os.geteuid() == 0 else None,
        secrets={"A": "from-env", "B": "from-file"},
        secret_files=(tmp_path / "key",),
        searcher=Path("/bin/rg"),
    )


def test_every_lack_is_found_at_once(tmp_path: Path) -> None:
    findings = lacks(
        tmp_path,
        workspace={"root": "nowhere"},
        programs={"no-such": {"apt": "such"}, "gone": {"path": "/gone"}},
        secrets={"A": {"env": "UNSET"}, "B": {"file": "gone"}},
    )
    assert [(f.at, f.code) for f in findings] == [
        (("workspace", "root"), "E401"),
        (("programs", "no-such"), "E411"),
        (("programs", "gone", "path"), "E412"),
        (("secrets", "A", "env"), "E321"),
        (("secrets", "B", "file"), "E322"),
    ]
    assert findings[1].hint == "Install it (Debian: apt install such), or give its path."


def test_a_workspace_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "ws").touch()
    assert [f.code for f in lacks(tmp_path, workspace={"root": "ws"})] == ["E402"]


@pytest.mark.parametrize("content", [b"", b"\n", b"a\0b", b"\xff\xfe"])
def test_a_secret_that_no_environment_could_carry(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    findings = lacks(tmp_path, secrets={"A": {"file": "key"}})
    assert [(f.at, f.code) for f in findings] == [(("secrets", "A", "file"), "E322")]


def test_findings_never_show_a_secret(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"hunter2\0hunter2")
    assert "hunter2" not in repr(lacks(tmp_path, secrets={"A": {"file": "key"}}))


def test_a_link_program_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "python").symlink_to("/bin/sh")
    host = found(tmp_path, programs={"python": {"path": "python"}})
    assert host.programs["python"].path == tmp_path / "python"


def test_declared_paths_are_resolved_once_and_for_all(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    (tmp_path / "link").symlink_to("data")
    host = found(tmp_path, tool(readable=["link"]))
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to("/")
    assert host.leads("link") == tmp_path / "data"


def test_a_declared_path_must_be_there(tmp_path: Path) -> None:
    declaring = tool(readable=["a"], writable=["b"], executable=["c", "."])
    findings = lacks(tmp_path, declaring)
    assert [(f.at, f.code, f.hint) for f in findings] == [
        (("tool", 0, "readable", 0), "E431", "Create it first."),
        (("tool", 0, "writable", 0), "E431", "Create it first."),
        (("tool", 0, "executable", 0), "E431", "Create it first."),
    ]


@pytest.mark.parametrize(
    "tree", ["/", "/usr", "/usr/share", "/etc", "/proc/self", "/sys", "/dev", "/bin", "linked"]
)
def test_no_tool_may_write_to_the_system(tmp_path: Path, tree: str) -> None:
    (tmp_path / "linked").symlink_to("/usr/lib")
    findings = lacks(tmp_path, tool(writable=[tree]))
    assert [(f.at, f.code) for f in findings] == [(("tool", 0, "writable", 0), "E432")]


def test_shared_memory_is_for_everybody(tmp_path: Path) -> None:
    assert found(tmp_path, tool(writable=["/dev/shm"])).leads("/dev/shm") == Path("/dev/shm")


@pytest.mark.parametrize("root", ["/", "/home", "/usr"])
def test_a_workspace_that_holds_far_too_much_is_a_warning(tmp_path: Path, root: str) -> None:
    host, findings = look(tmp_path, workspace={"root": root})
    assert host is not None
    assert [(f.code, f.severity) for f in findings] == [("E405", Severity.WARNING)]


@pytest.mark.parametrize("root", ["/proc", "/proc/self", "/sys/kernel"])
def test_a_workspace_where_there_are_no_files_is_refused(tmp_path: Path, root: str) -> None:
    assert [f.code for f in lacks(tmp_path, workspace={"root": root})] == ["E406"]


def test_links_in_a_circle_are_no_workspace(tmp_path: Path) -> None:
    (tmp_path / "ws").symlink_to("ws")
    assert [f.code for f in lacks(tmp_path, workspace={"root": "ws"})] == ["E401"]


def test_a_workspace_whose_name_is_too_long_is_a_finding(tmp_path: Path) -> None:
    assert [f.code for f in lacks(tmp_path, workspace={"root": "x" * 5000})] == ["E401"]


def test_a_user_that_is_not_there_is_told_with_the_rest(tmp_path: Path) -> None:
    findings = lacks(tmp_path, confinement={"user": "no-such"}, workspace={"root": "nowhere"})
    assert [f.code for f in findings] == ["E401", "E143"]


def test_ripgrep_is_never_taken_out_of_the_workspace(tmp_path: Path) -> None:
    planted = tmp_path / "ws" / "rg"
    planted.parent.mkdir()
    planted.write_text("#!/bin/sh\n")
    planted.chmod(0o755)
    link = tmp_path / "bin"
    link.symlink_to("ws")
    for folder in (planted.parent, link):
        host = found(tmp_path, environ={"PATH": str(folder)}, workspace={"root": "ws"})
        assert host.searcher is None
