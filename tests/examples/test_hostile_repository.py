"""A repository's own configuration makes no tool of the example run a program."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.examples.devtools import PATH, serving, spec, unconfined

TRAPS = ["command", "fetch", "fsmonitor", "gpg", "hooks/post-index-change", "textconv"]
# What it says makes `git commit -S` take it for gpg.
TRAP = r"""#!/bin/sh
touch '{mark}'
printf '\n[GNUPG:] SIG_CREATED \n' >&2
printf -- '-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n'
"""
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("git_status", {}),
    ("git_log", {}),
    ("git_log", {"paths": ["changed"], "merges": True}),
    ("git_diff", {}),
    ("git_diff", {"revision": "HEAD"}),
    ("git_diff", {"stat": True, "paths": ["lost"]}),
    ("search", {"pattern": "o", "untracked": True}),
    ("list_files", {}),
    ("check_patch", {"patch": "--- a/lost\n+++ b/lost\n@@ -1 +1 @@\n-lost\n+found\n"}),
]


@dataclass(frozen=True)
class Hostile:
    """A repository with a trap in everything that git may run."""

    folder: Path

    @property
    def repository(self) -> Path:
        return self.folder / "repository"

    def git(self, *arguments: str) -> str:
        """What plain git says; it may fail."""
        env = {"PATH": PATH, "HOME": str(self.folder)}
        command = ["git", "-c", "user.name=n", "-c", "user.email=n@example.com", *arguments]
        done = subprocess.run(
            command, cwd=self.repository, env=env, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    def sprung(self) -> list[str]:
        """The traps that ran since the last look."""
        marks = list((self.folder / "sprung").rglob("*.ran"))
        for mark in marks:
            mark.unlink()
        return sorted(str(mark.relative_to(self.folder / "sprung"))[:-4] for mark in marks)


@pytest.fixture
def hostile(tmp_path: Path) -> Hostile:
    hostile = Hostile(tmp_path)
    hostile.repository.mkdir()
    for name in TRAPS:
        mark = tmp_path / "sprung" / f"{name}.ran"
        mark.parent.mkdir(parents=True, exist_ok=True)
        trap = tmp_path / "traps" / name
        trap.parent.mkdir(parents=True, exist_ok=True)
        trap.write_text(TRAP.format(mark=mark))
        trap.chmod(0o755)
    fill(hostile)
    hostile.sprung()
    return hostile


def fill(hostile: Hostile) -> None:
    """Commit files, then change them, lose one, and set the traps."""
    hostile.git("init", "--quiet")
    set_traps(hostile, {"gpg.program": "gpg"})
    for name in ("changed", "converted", "lost"):
        (hostile.repository / name).write_text("one\n")
        hostile.git("add", name)
    (hostile.repository / "lost").write_text("lost\n")
    hostile.git("add", "lost")
    hostile.git("commit", "--quiet", "-S", "-m", "one")
    for name in ("changed", "converted"):
        (hostile.repository / name).write_text("two\n")
    lost = hostile.git("rev-parse", "HEAD:lost")
    (hostile.repository / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    (hostile.repository / "lost").unlink()
    attributes = "changed diff=command\nconverted diff=textconv\n"
    (hostile.repository / ".gitattributes").write_text(attributes)
    for key, value in {
        "log.showSignature": "true",
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::{hostile.folder}/traps/fetch",
        "protocol.ext.allow": "always",
    }.items():
        hostile.git("config", key, value)
    set_traps(
        hostile,
        {
            "core.fsmonitor": "fsmonitor",
            "core.hooksPath": "hooks",
            "diff.command.command": "command",
            "diff.textconv.textconv": "textconv",
        },
    )


def set_traps(hostile: Hostile, traps: dict[str, str]) -> None:
    for key, name in traps.items():
        hostile.git("config", key, str(hostile.folder / "traps" / name))


def test_plain_git_steps_into_every_trap(hostile: Hostile) -> None:
    for command in ("status", "log", "diff"):
        hostile.git(command)
    assert hostile.sprung() == TRAPS


async def test_no_tool_steps_into_a_trap(hostile: Hostile, tmp_path: Path) -> None:
    async with serving(tmp_path / "state", unconfined(spec(hostile.repository))) as client:
        for tool, arguments in CALLS:
            result = await client.call_tool(tool, arguments, raise_on_error=False)
            assert "error" not in (result.structured_content or {})
            assert (tool, hostile.sprung()) == (tool, [])
