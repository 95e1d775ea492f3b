"""What the work is told of what it may write, keeps and hides, by every name that leads there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handrail.plan.access import access_of
from handrail.plan.files import setting
from handrail.spec.tool import FilesSpec
from tests.builders import host


def told(file: Path, workspace: Path, *secrets: Path) -> dict[str, Any]:
    declared = {"name": "t", "description": "A tool.", "files": "write"}
    tool = FilesSpec.model_validate_json(json.dumps(declared))
    machine = replace(
        host(workspace), file=file, state=file.parent / ".handrail", secret_files=secrets
    )
    return setting(tool, machine, 30.0)


def test_a_server_file_is_kept_when_its_folder_is_reached_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    said = told(tmp_path / "link/handrail.toml", tmp_path / "real")
    assert (said["kept"], said["hidden"]) == (["handrail.toml"], [".handrail"])


def test_whatever_a_link_leads_through_is_kept_and_hidden_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/real").write_text("secret")
    (tmp_path / "conf/middle").symlink_to("real")
    (tmp_path / "link").symlink_to("conf/middle")
    (tmp_path / "loop").symlink_to("loop")
    ends = ["link", "conf/middle", "conf/real"]
    assert told(tmp_path / "link", tmp_path)["kept"] == ends
    hidden = told(tmp_path / "f", tmp_path, tmp_path / "link", tmp_path / "loop")["hidden"]
    assert hidden == [".handrail", *ends, "loop"]


def test_what_lies_outside_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "ws").mkdir()
    (tmp_path / "ws/inside").write_text("secret")
    (tmp_path / "token").symlink_to("ws/inside")
    said = told(tmp_path / "handrail.toml", tmp_path / "ws", tmp_path / "token")
    assert (said["kept"], said["hidden"]) == ([], ["inside"])


@pytest.mark.parametrize("operation", ["move", "delete", "restore"])
def test_what_moves_things_has_the_workspace_as_one_mount(tmp_path: Path, operation: str) -> None:
    (tmp_path / "docs").mkdir()
    writable = [str(tmp_path / "docs")]
    declared = {"name": "t", "description": "A tool.", "files": operation, "writable": writable}
    tool = FilesSpec.model_validate_json(json.dumps(declared))
    assert access_of(tool, host(tmp_path)).writable == (tmp_path,)
    assert setting(tool, host(tmp_path), 30.0)["writable"] == ["docs"]
