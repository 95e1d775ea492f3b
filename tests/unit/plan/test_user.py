"""Whom commands run as, for servers that are root and servers that are not."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from handrail.diagnostic import Finding
from handrail.plan.user import User, choose_user

NOBODY = User("nobody", 65534, pwd.getpwnam("nobody").pw_gid)
DAEMON = pwd.getpwnam("daemon")
# Numbers that no user of a machine has.
UNNAMED, GROUP = 3_210_001, 3_210_002

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)


@pytest.fixture
def as_daemon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: DAEMON.pw_uid)


@only_root
def test_root_runs_commands_as_the_owner_of_the_workspace(tmp_path: Path) -> None:
    os.chown(tmp_path, DAEMON.pw_uid, 0)
    assert choose_user(None, tmp_path) == User("daemon", DAEMON.pw_uid, DAEMON.pw_gid)


@only_root
@pytest.mark.parametrize(("group", "expected"), [(GROUP, GROUP), (0, UNNAMED)])
def test_an_owner_without_a_name_has_the_folders_group_but_never_that_of_root(
    tmp_path: Path, group: int, expected: int
) -> None:
    os.chown(tmp_path, UNNAMED, group)
    assert choose_user(None, tmp_path) == User(str(UNNAMED), UNNAMED, expected)


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize("workspace", ["/", "/no/such/folder"])
def test_where_root_owns_the_workspace_root_runs_commands_as_nobody(workspace: str) -> None:
    assert choose_user(None, Path(workspace)) == NOBODY


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize("wanted", ["daemon", DAEMON.pw_uid])
def test_a_user_is_named_or_numbered(wanted: str | int) -> None:
    assert choose_user(wanted, Path("/")) == User("daemon", DAEMON.pw_uid, DAEMON.pw_gid)


@pytest.mark.usefixtures("as_root")
def test_a_number_needs_no_name_and_brings_no_group_of_the_folder() -> None:
    assert choose_user(UNNAMED, Path("/")) == User(str(UNNAMED), UNNAMED, UNNAMED)


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize("word", ["root", 0])
def test_root_is_a_word_of_its_own(word: str | int) -> None:
    assert choose_user(word, Path("/")) == User("root", 0, 0)


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ("nobdy", 'Did you mean "nobody"?'),
        ("zzzzzzzz", "Create the user, or give a number."),
        ("a\0b", "Create the user, or give a number."),
    ],
)
def test_a_user_that_is_not_there(wanted: str, hint: str) -> None:
    found = choose_user(wanted, Path("/"))
    assert isinstance(found, Finding)
    assert (found.at, found.code, found.hint) == (("confinement", "user"), "E143", hint)


@pytest.mark.usefixtures("as_daemon")
@pytest.mark.parametrize("wanted", [None, "daemon", DAEMON.pw_uid])
def test_a_server_that_is_not_root_runs_commands_as_itself(wanted: str | int | None) -> None:
    assert choose_user(wanted, Path("/")) is None


@pytest.mark.usefixtures("as_daemon")
@pytest.mark.parametrize("wanted", ["nobody", "root"])
def test_only_root_can_change_users(wanted: str) -> None:
    found = choose_user(wanted, Path("/"))
    assert isinstance(found, Finding)
    assert found.code == "E144"
    assert wanted in found.message
