"""Programs do real work with what they are said to need, and with nothing else of the disk.

The view of the disk is bwrap's, made of `system()`, `runtime_of(program)` and an empty
workspace. Every program of the list that this machine has is tried; Python, git and a shell
are always there.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from handrail.plan.environment import BASE
from handrail.plan.program import is_program
from handrail.plan.runtime import Runtime, runtime_of, system

PYTHON = """
import ctypes, hashlib, sqlite3, ssl, subprocess, sys, tempfile
assert sqlite3.connect(":memory:").execute("select 1").fetchone() == (1,)
ssl.create_default_context()
tempfile.TemporaryFile().write(b"x")
subprocess.run([sys.executable, "-c", "print('worked')"], check=True)
"""
NODE = """
require("fs").mkdtempSync(require("os").tmpdir() + "/x");
console.log(require("child_process").execFileSync(process.execPath, ["-p", "'worked'"]).toString());
"""
JAVA = """
public class Work {
    public static void main(String[] arguments) throws Exception {
        javax.net.ssl.SSLContext.getDefault();
        var child = new ProcessBuilder("sh", "-c", "echo worked").start();
        System.out.print(new String(child.getInputStream().readAllBytes()));
    }
}
"""
FILES = {
    "work.py": PYTHON,
    "work.js": NODE,
    "Work.java": JAVA,
    "test_work.py": "def test_work(tmp_path):\n    (tmp_path / 'x').touch()\n",
    "package.json": '{"name": "w", "version": "1.0.0", "scripts": {"work": "node work.js"}}',
    "work.c": '#include <stdio.h>\nint main(void) { puts("worked"); return 0; }\n',
    "Makefile": "all:\n\t@cc work.c -o work && ./work | cat\n",
    "Cargo.toml": '[package]\nname = "work"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/main.rs": 'fn main() { println!("worked"); }\n',
}
GIT = ("-c", "user.name=me", "-c", "user.email=me@example.com")
WORK: dict[str, Sequence[Sequence[str]]] = {
    "python3": [["work.py"]],
    "pytest": [["-q", "-p", "no:cacheprovider", "--rootdir", ".", "test_work.py"]],
    "node": [["work.js"]],
    "npm": [["--version"], ["run", "work"]],
    "java": [["Work.java"]],
    "javac": [["Work.java"]],
    "cargo": [["run", "-q"]],
    "rustc": [["src/main.rs"]],
    "git": [["init", "-q"], [*GIT, "commit", "-qm", "w", "--allow-empty"], ["log"]],
    "sh": [["-c", "mktemp && cat work.py | sort | grep -c import"]],
    "bash": [["-c", "mapfile -t lines < <(sort work.py); echo ${#lines[@]}"]],
    "gcc": [["work.c", "-o", "work"]],
    "make": [[]],
    "perl": [["-MPOSIX", "-e", "print `echo worked`"]],
}


def found() -> list[Path]:
    """Every program of `WORK` that is on PATH or where language tools are mostly installed."""
    home = Path.home()
    folders = [
        Path(sys.executable).parent,
        *map(Path, os.environ.get("PATH", os.defpath).split(":")),
        *home.glob(".pyenv/versions/3.1*/bin"),
        *home.glob(".nvm/versions/node/*/bin"),
        *Path("/usr/lib/jvm").glob("*/bin"),
        home / ".cargo" / "bin",
    ]
    programs = (folder / name for folder in folders for name in WORK)
    return [path for path in dict.fromkeys(programs) if path.is_absolute() and is_program(path)]


@dataclass(frozen=True)
class View:
    """What a program may see: its runtime, the system, and a workspace of its own."""

    runtime: Runtime
    workspace: Path

    def run(self, program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*self._bwrap(program), "--", str(program), *arguments]
        return subprocess.run(
            command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )

    def _bwrap(self, program: Path) -> list[str]:
        temporary = "/var/tmp/private"
        path = f"{program.parent}:/usr/local/bin:/usr/bin:/bin"
        wanted = dict((*system().env, *self.runtime.env))
        env = {**BASE, "PATH": path, "TMPDIR": "$TMPDIR", **wanted}
        trees = (*system().readable, *system().executable, *self._seen())
        return [
            *("bwrap", "--unshare-all", "--die-with-parent", "--cap-drop", "ALL", "--clearenv"),
            *("--proc", "/proc", "--dev", "/dev"),
            *(word for tree in sorted(trees) for word in ("--ro-bind", str(tree), str(tree))),
            *("--bind", str(self.workspace), str(self.workspace), "--tmpfs", temporary),
            *("--remount-ro", "/", "--chdir", str(self.workspace)),
            *(
                word
                for name, value in env.items()
                for word in ("--setenv", name, value.replace("$TMPDIR", temporary))
            ),
        ]

    def _seen(self) -> tuple[Path, ...]:
        return (*self.runtime.readable, *self.runtime.executable)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / "ws" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ws" / name).write_text(text)
    return tmp_path / "ws"


@pytest.mark.parametrize("program", found(), ids=str)
def test_a_program_works(program: Path, workspace: Path) -> None:
    view = View(runtime_of(program), workspace)
    for arguments in WORK[program.name]:
        ended = view.run(program, *arguments)
        assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_python_of_these_tests_works_only_with_its_runtime(workspace: Path) -> None:
    python = Path(sys.executable)
    assert View(runtime_of(python), workspace).run(python, "-c", "import pydantic").stderr == ""
    assert View(Runtime("none"), workspace).run(python, "-c", "").returncode != 0


def test_nothing_else_of_the_disk_is_there(workspace: Path) -> None:
    (workspace.parent / "secret").write_text("secret")
    view = View(runtime_of(Path("/bin/sh")), workspace)
    for path in (workspace.parent / "secret", Path("/etc/shadow"), Path("/root/.gitconfig")):
        assert view.run(Path("/bin/sh"), "-c", f"cat {path}").returncode != 0
