"""What they are asked about: this repository, a large one, and a long file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.large.content import NEEDLE
from tests.large.files import write_lines
from tests.large.repository import copy_repository, make_large_repository

_THIS = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Place:
    """A repository, and what to ask of it."""

    name: str
    folder: Path
    file: Path
    """One to be read, beside others."""
    glob: str
    word: str


@dataclass(frozen=True, slots=True)
class Size:
    """How large the large things are."""

    files: int = 50_000
    commits: int = 10_000
    long_bytes: int = 200_000_000


TINY = Size(files=300, commits=50, long_bytes=1_000_000)


def this_repository(above: Path) -> Place:
    """A clone of the repository that these benchmarks are of."""
    folder = above / "this"
    copy_repository(_THIS, folder)
    file = folder / "src/handrail/call.py"
    return Place("this repository", folder, file, "**/test_*.py", "ConfinedPlan")


def large_repository(above: Path, size: Size) -> Place:
    """One of many files and commits."""
    made = make_large_repository(above / "large", size.files, size.commits)
    name = f"a repository of {size.files} files and {size.commits} commits"
    return Place(name, made.folder, made.file(0), "**/*_1?1.py", NEEDLE)


def long_file(above: Path, size: Size) -> Path:
    """A file of many lines, alone in a folder."""
    folder = above / "long"
    folder.mkdir()
    write_lines(folder / "lines.txt", size.long_bytes)
    return folder / "lines.txt"
