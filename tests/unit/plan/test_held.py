"""Where the tier landlock lets a tool write, and make nothing: `check` says so beforehand."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.diagnostic import Severity
from handrail.plan.held import held
from tests.builders import host, server, tool


def told(workspace: Path, *, file: str = "handrail.toml", **keys: object) -> list[tuple[str, str]]:
    """Each finding as its key and the end of its message."""
    spec = server(tool(**keys))
    found = list(held(host(workspace, file=workspace / file), spec))
    assert {one.severity for one in found} <= {Severity.WARNING}
    return [(str(one.at[2]), one.message.partition("at the top of ")[2]) for one in found]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "src").mkdir()
    return tmp_path


def test_a_repository_keeps_the_top_of_the_workspace_as_it_is(repository: Path) -> None:
    assert told(repository, effect="write") == [("effect", f"{repository}, which holds .git")]


def test_each_thing_that_is_kept_is_named_once(repository: Path) -> None:
    (repository / ".handrail").mkdir()
    (repository / "handrail.toml").touch()
    assert told(repository, effect="write") == [
        ("effect", f"{repository}, which holds .git and .handrail and handrail.toml")
    ]


def test_folders_on_the_way_to_it_are_held_too(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "h.toml").touch()
    assert told(tmp_path, file="conf/h.toml", effect="write") == [
        ("effect", f"{tmp_path / 'conf'}, which holds h.toml"),
        ("effect", f"{tmp_path}, which holds conf"),
    ]


def test_tools_that_write_elsewhere_or_nowhere_are_free(repository: Path) -> None:
    assert told(repository) == []
    assert told(repository, writable=["src"]) == []
    assert told(repository, writable=[".", ".git"]) == []
    assert told(repository, writable=["."]) == [("writable", f"{repository}, which holds .git")]


def test_the_hint_names_git_where_that_would_help(repository: Path) -> None:
    spec = server(tool(effect="write"))
    (with_git,) = held(host(repository), spec)
    (repository / ".git").rmdir()
    (repository / ".handrail").mkdir()
    (without,) = held(host(repository), spec)
    assert ".git" in str(with_git.hint)
    assert ".git" not in str(without.hint)
