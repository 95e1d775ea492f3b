"""The same things asked of us and of a peer, each in its own words."""

from __future__ import annotations

import shutil
from asyncio.subprocess import DEVNULL, PIPE, create_subprocess_exec
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.places import Place
from benchmarks.servers import Connection

Ask = Callable[[Connection], Awaitable[object]]
"""Asks a server; the answer must be a good one."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that both can do."""

    what: str
    ours: Ask
    theirs: Ask


def of_files(place: Place) -> list[Question]:
    """What a server of files is asked about a repository."""
    root, file, folder, glob = place.folder, place.file, place.file.parent, place.glob
    near = str(file.relative_to(root))
    finder = shutil.which("rg") or "grep"
    beside = str(folder.relative_to(root))
    return [
        Question(
            f"read {place.file.stat().st_size} bytes",
            once("read_file", path=near),
            once("read_text_file", path=str(file)),
        ),
        Question(
            "stat a file",
            once("stat_file", path=near),
            once("get_file_info", path=str(file)),
        ),
        Question(
            f"list {len(list(folder.iterdir()))} entries",
            once("list_files", path=beside),
            once("list_directory_with_sizes", path=str(folder)),
        ),
        Question(
            "tree, first 1000 | whole",
            once("list_files", depth=20, limit=1000),
            once("directory_tree", path=str(root), excludePatterns=[".git"]),
        ),
        Question(
            "tree, all pages | whole",
            all_pages("list_files", depth=20, limit=1000),
            once("directory_tree", path=str(root), excludePatterns=[".git"]),
        ),
        Question(
            f"find {glob}",
            once("find_files", pattern=glob, limit=1000),
            once("search_files", path=str(root), pattern=glob, excludePatterns=[".git"]),
        ),
        # It does not look into files: beside ours is a program, without any server.
        Question(
            f"search {place.word} | {Path(finder).name} alone",
            once("search", pattern=place.word),
            running(finder, "-rnF" if finder == "grep" else "-nF", place.word, ".", cwd=root),
        ),
    ]


def of_git(place: Place) -> list[Question]:
    """What a server of git is asked about a repository."""
    where = {"repo_path": str(place.folder)}
    return [
        Question("status", once("git_status"), once("git_status", **where)),
        Question("log of 10", once("git_log", limit=10), once("git_log", max_count=10, **where)),
        Question("log of 200", once("git_log", limit=200), once("git_log", max_count=200, **where)),
        Question(
            "show a commit",
            once("git_show", revision="HEAD~2"),
            once("git_show", revision="HEAD~2", **where),
        ),
        Question("diff", once("git_diff"), once("git_diff_unstaged", **where)),
        Question(
            "branches", once("git_branches"), once("git_branch", branch_type="local", **where)
        ),
        # This peer cannot look for lines either.
        Question(
            f"grep {place.word} | git alone",
            once("git_grep", pattern=place.word),
            running(*_GIT, "grep", "-nF", place.word, cwd=place.folder),
        ),
    ]


def of_long_file(file: Path) -> list[Question]:
    """Parts of a file that is too long for one answer."""
    near, far = file.name, str(file)
    return [
        Question(
            "first 20 lines",
            once("read_file", path=near, limit=20),
            once("read_text_file", path=far, head=20),
        ),
        Question(
            "last 20 lines",
            once("read_file", path=near, limit=20, start=-20),
            once("read_text_file", path=far, tail=20),
        ),
    ]


_GIT = ("git", "-c", "safe.directory=*")
"""Whoever owns the repository."""


def once(tool: str, **arguments: object) -> Ask:
    """One call."""
    return lambda server: server.call(tool, **arguments)


def all_pages(tool: str, **arguments: object) -> Ask:
    """One call, and those that each answer says are next."""

    async def ask(server: Connection) -> object:
        more: dict[str, object] | None = arguments
        while more is not None:
            answer = await server.call(tool, **more)
            following = answer.structured_content.get("next")
            more = following and following["arguments"]
        return None

    return ask


def running(*command: str, cwd: Path) -> Ask:
    """A program by itself, its output read to the end. No server is asked."""

    async def ask(_: Connection) -> object:
        process = await create_subprocess_exec(*command, cwd=cwd, stdin=DEVNULL, stdout=PIPE)
        return await process.communicate()

    return ask
