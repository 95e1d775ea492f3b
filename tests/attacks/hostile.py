"""Hostile repositories: what each does to plain git, and whether it got its way."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

_HERE = Path(__file__).parent
# As a filter it gets its input at once; as the other end of a connection it would wait for ever.
_TRAP = '#!/bin/sh\ntouch "{mark}"\ntimeout 0.3 cat 2>/dev/null\nexit 0\n'
NAMES = {
    "GIT_AUTHOR_NAME": "n",
    "GIT_AUTHOR_EMAIL": "n@example.com",
    "GIT_COMMITTER_NAME": "n",
    "GIT_COMMITTER_EMAIL": "n@example.com",
}
_PLAIN = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    **NAMES,
}


@dataclass(frozen=True)
class Scene:
    """A repository in a workspace, and what must not be reached."""

    workspace: Path
    outside: Path

    @property
    def places(self) -> dict[str, str]:
        """What the scripts call them."""
        return {
            "TRAP": str(self.outside / "bin" / "trap"),
            "BIN": str(self.outside / "bin"),
            "SECRET": str(self.outside / "secret"),
            "OUTSIDE": str(self.outside),
        }

    def sh(self, script: str) -> None:
        """Prepare something, and forget what ran meanwhile."""
        done = subprocess.run(
            ["/bin/sh", "-c", script],
            cwd=self.workspace,
            env={**_PLAIN, **self.places},
            capture_output=True,
            text=True,
            check=False,
        )
        (self.outside / "mark").unlink(missing_ok=True)
        assert "fatal:" not in done.stderr, done.stderr

    def plainly(self, command: list[str]) -> str:
        """What plain git says to a command."""
        return said(["git", *self.filled(command)], self.workspace, _PLAIN)[1]

    def filled(self, command: list[str]) -> list[str]:
        """A command with the places of this scene in it."""
        return [Template(word).safe_substitute(self.places) for word in command]

    def reached(self, said: str) -> bool:
        """Whether the repository got its way, when git has `said` this."""
        marks = (self.outside / "mark", self.outside / "written")
        leaked = "SECRET" in said or "SECRET" in "".join(
            path.read_text(errors="replace") for path in self.workspace.glob("new/.git/description")
        )
        return leaked or any(map(Path.exists, marks)) or any(self.outside.glob("*.patch"))


def made(folder: Path) -> Scene:
    """The repository that every case begins with."""
    scene = Scene(folder / "workspace", folder / "outside")
    (scene.outside / "bin").mkdir(parents=True)
    scene.workspace.mkdir()
    (scene.outside / "secret").write_text("SECRET\n")
    scene.sh((_HERE / "hostile_git.sh").read_text())
    return scene


def copied(original: Scene, folder: Path) -> Scene:
    """A scene of a test's own."""
    scene = Scene(folder / "workspace", folder / "outside")
    shutil.copytree(original.workspace, scene.workspace, symlinks=True)
    shutil.copytree(original.outside, scene.outside)
    for name in ("trap", "git-status"):
        trap = scene.outside / "bin" / name
        trap.write_text(_TRAP.format(mark=scene.outside / "mark"))
        trap.chmod(0o755)
    return scene


def said(argv: list[str], cwd: Path, env: dict[str, str]) -> tuple[int, str]:
    """The exit code of a command, and both its streams."""
    done = subprocess.run(
        argv,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        timeout=10,
    )
    return done.returncode, done.stdout


def cases() -> list[dict[str, Any]]:
    """The table of them."""
    found: list[dict[str, Any]] = tomllib.loads((_HERE / "hostile_git.toml").read_text())["case"]
    return found
