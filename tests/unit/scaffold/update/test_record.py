"""What a project keeps of its last render, and the runtime that comes with it."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from handrail.errors import UsageError
from handrail.scaffold.update.update import Ending
from tests.unit.scaffold.update.projects import Project, eject, everything

MANIFEST, BASE = ".handrail/manifest.json", ".handrail/base.tar.gz"


def archive(name: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        entry = tarfile.TarInfo(name)
        entry.size = 1
        packed.addfile(entry, io.BytesIO(b"x"))
    return buffer.getvalue()


def turned(data: bytes) -> bytes:
    """Some bytes in the middle are others."""
    middle = len(data) // 2
    return (
        data[:middle] + bytes(255 - one for one in data[middle : middle + 64]) + data[middle + 64 :]
    )


@pytest.mark.parametrize(
    "wrong", [b"", b"x", gzip.compress(b"x" * 600, mtime=0), b"cut", b"turned"]
)
def test_a_damaged_base_is_refused(project: Project, wrong: bytes) -> None:
    base = project.root / BASE
    whole = base.read_bytes()
    base.write_bytes({b"cut": whole[:-2000], b"turned": turned(whole)}.get(wrong, wrong))
    refused(project, "base.tar.gz")


@pytest.mark.parametrize("wrong", [b"", b"[]", b"{}", b'{"files": 5}', b"\xff"])
def test_a_damaged_manifest_is_refused(project: Project, wrong: bytes) -> None:
    (project.root / MANIFEST).write_bytes(wrong)
    refused(project, "manifest.json")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", ".handrail/update/new/x"])
def test_a_base_with_files_of_others_is_refused(project: Project, name: str) -> None:
    manifest = json.loads(project.read(MANIFEST))
    manifest["files"] = {name: "merged"}
    project.write(MANIFEST, json.dumps(manifest))
    (project.root / BASE).write_bytes(archive(name))
    refused(project, "base.tar.gz is damaged")


def refused(project: Project, words: str) -> None:
    before = everything(project.root)
    with pytest.raises(UsageError, match=words):
        project.update()
    assert everything(project.root) == before


def test_a_comment_in_the_server_file_is_remembered_and_changes_nothing(project: Project) -> None:
    project.change("handrail.toml", "[server]", "# Ours.\n[server]")
    edited = project.lines()

    assert project.update().ending is Ending.UP_TO_DATE
    assert project.lines() == edited
    with tarfile.open(project.root / BASE) as base:
        kept = base.extractfile("handrail.toml")
        assert kept is not None
        assert b"# Ours." in kept.read()


def test_the_wheel_of_an_earlier_handrail_is_replaced(tmp_path: Path) -> None:
    project = eject(tmp_path, "--vendor")
    (wheel,) = (project.root / "vendor").iterdir()
    wheel.unlink()
    earlier = wheel.with_name("handrail-0.0.1-py3-none-any.whl")
    earlier.write_bytes(b"an earlier one")
    project.change(MANIFEST, json.loads(project.read(MANIFEST))["handrail"], "0.0.1")

    updated = project.update()

    assert {(one.kind, one.path.name) for one in updated.changes} == {
        ("removed", earlier.name),
        ("added", wheel.name),
    }
    assert not earlier.exists()
    assert zipfile.is_zipfile(wheel)
    assert project.update().ending is Ending.UP_TO_DATE
