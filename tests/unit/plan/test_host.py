"""What this machine offers to a server file, and every lack of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from handrail.diagnostic import Finding
from handrail.plan.host import Host, survey
from handrail.plan.program import Program
from tests.builders import server, tool


def look(tmp_path: Path, *, environ: dict[str, str] | None = None, **tables: Any) -> Any:
    spec = server(tool(), **tables)
    return survey(spec, tmp_path / "handrail.toml", environ or {"PATH": "/usr/bin:/bin"})


def found(tmp_path: Path, **given: Any) -> Host:
    host, findings = look(tmp_path, **given)
    assert findings == []
    assert isinstance(host, Host)
    return host


def lacks(tmp_path: Path, **given: Any) -> list[Finding]:
    host, findings = look(tmp_path, **given)
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
    assert host == Host(
        workspace=tmp_path / "real",
        state=tmp_path / ".handrail",
        programs={
            "sh": Program.at("sh", Path("/bin/sh")),
            "shell": Program.at("shell", Path("/bin/sh")),
        },
        secrets={"A": "from-env", "B": "from-file"},
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
