"""Ejected projects to edit and update."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from handrail.cli.main import run
from handrail.scaffold.update.update import Updated, Way, update

SERVER_FILE = """\
config_version = 1

[server]
name = "words"

[programs]
sort = {}
wc = {}

[limits]
timeout = "20s"
memory = "256MiB"
concurrency = 4

[[tool]]
name = "count"
description = "Count the lines of a file."
program = "wc"
args = ["-l", "--", "{path}"]
[tool.params.path]
type = "path"
required = true
description = "Which file."

[[tool]]
name = "arrange"
description = "Sort the lines of a file."
program = "sort"
args = [{ when = "reverse", args = ["-r"] }, "--", "{path}"]
[tool.params.path]
type = "path"
required = true
description = "Which file."
[tool.params.reverse]
type = "boolean"
default = false
"""
THIRD_TOOL = """
[[tool]]
name = "count_words"
description = "Count the words of a file."
program = "wc"
args = ["-w", "--", "{path}"]
params = { path = { type = "path", required = true } }
"""
Edit = Callable[["Project"], None]


@dataclass(frozen=True)
class Project:
    """An ejected project, as its author works with it."""

    root: Path

    def read(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(text.encode())

    def change(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert old in text, f"{old!r} is not in {path}"
        self.write(path, text.replace(old, new, 1))

    def update(self, *, mark: bool = False, dry: bool = False) -> Updated:
        """`handrail update --no-tests`."""
        return update(self.root, Way(dry=dry, mark=mark, tests=False), lambda _: None)

    def lines(self) -> dict[str, Counter[str]]:
        """Every line of every file, by the file's path."""
        return {
            str(path.relative_to(self.root)): Counter(path.read_bytes().decode().splitlines())
            for path in files(self.root)
        }


def eject(folder: Path, *options: str) -> Project:
    """`handrail eject` of the server file above."""
    file = folder / "handrail.toml"
    file.write_text(SERVER_FILE)
    root = folder / "project"
    assert run(["eject", str(root), "--file", str(file), *options]) == 0
    return Project(root)


def copied(project: Project, folder: Path) -> Project:
    """The same, elsewhere."""
    return Project(Path(shutil.copytree(project.root, folder / "project", symlinks=True)))


def files(root: Path) -> list[Path]:
    """Those that an author edits."""
    found = (path for path in sorted(root.rglob("*")) if path.is_file())
    return [path for path in found if ".handrail" not in path.parts]


def everything(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every file and folder: its mode, and what is in it."""
    return {
        str(path.relative_to(root)): (path.lstat().st_mode, _content(path))
        for path in sorted(root.rglob("*"))
    }


def _content(path: Path) -> bytes:
    if path.is_symlink():
        return str(path.readlink()).encode()
    return path.read_bytes() if path.is_file() else b""
