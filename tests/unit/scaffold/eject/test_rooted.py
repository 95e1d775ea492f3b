"""A server file in another folder leads where it led."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from handrail.scaffold.eject.rooted import rooted
from handrail.spec.source import open_source

FILE = """
# Kept.
config_version = 1
[workspace]
root = "."
[programs]
deploy = { path = "bin/deploy", profile = "./profiles/deploy.toml" }
git = {}
[secrets]
A = { file = "secrets/a" }
B = { file = "/run/secrets/b" }
[auth]
keys = ".handrail/keys.json"
[audit]
file = "log/audit.jsonl"
[[tool]]
name = "x"
description = "x"
program = "git"
readable = ["data", "${DATA:-data}", "${OTHER}/x", "/opt"]
"""


@pytest.fixture
def moved(tmp_path: Path) -> tuple[str, dict[str, Any]]:
    (tmp_path / "handrail.toml").write_text(FILE)
    found = rooted(open_source(tmp_path / "handrail.toml"), tmp_path / "a" / "project")
    (profile,) = found.profiles.values()
    assert profile == tmp_path / "profiles" / "deploy.toml"
    return found.text, tomllib.loads(found.text)


def test_relative_paths_lead_where_they_led(moved: tuple[str, dict[str, Any]]) -> None:
    _, data = moved

    assert data["workspace"] == {"root": "${WORKSPACE:-../..}"}
    assert data["programs"] == {
        "deploy": {"path": "../../bin/deploy", "profile": "./profiles/deploy.toml"},
        "git": {},
    }
    assert data["secrets"] == {"A": {"file": "../../secrets/a"}, "B": {"file": "/run/secrets/b"}}
    assert data["audit"] == {"file": "../../log/audit.jsonl"}
    (tool,) = data["tool"]
    assert tool["readable"] == ["../../data", "${DATA:-../../data}", "${OTHER}/x", "/opt"]


def test_state_stays_beside_the_file(moved: tuple[str, dict[str, Any]]) -> None:
    assert moved[1]["auth"] == {"keys": ".handrail/keys.json"}


def test_comments_stay(moved: tuple[str, dict[str, Any]]) -> None:
    assert "# Kept." in moved[0]


@pytest.mark.parametrize("name", ["handrail.json", "handrail.yaml"])
def test_other_languages_become_toml(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"config_version": 1, "server": {"name": "x"}}')

    data = tomllib.loads(rooted(open_source(tmp_path / name), tmp_path / "p").text)

    assert data["server"] == {"name": "x"}
