"""When a command fails at what its confinement denied, and only then, the answer says so."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from handrail.plan.access import Access
from handrail.plan.disk import Disk
from handrail.plan.user import User
from handrail.sandbox.cell import Cell
from handrail.sandbox.confine import ConfinedPlan, Confinement
from handrail.sandbox.denial import Denial, explain
from handrail.sandbox.landlock import Rules, rules, scopes
from handrail.sandbox.mounts import private_folders
from handrail.spec.server import Tier
from tests.builders import plan

SYSTEM = tuple(map(Path, ("/usr", "/bin", "/lib", "/lib64")))
NO_RULE = "and no rule of its confinement allows that"
NOBODY = User("nobody", 65534, 65534)


class Call:
    """A call in a workspace with a repository, a program, and a folder."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        (workspace / ".git").mkdir()
        (workspace / ".git" / "config").touch()
        (workspace / "src").mkdir()
        (workspace / "prog").write_text("#!/bin/sh\n")
        (workspace / "prog").chmod(0o755)
        (workspace / "a.txt").write_text("a")

    def confined(self, tier: Tier = Tier.LANDLOCK, **changes: Any) -> ConfinedPlan:
        writes = changes.pop("writes", True)
        access = Access(
            readable=(self.workspace, *changes.pop("readable", ())),
            executable=SYSTEM,
            writable=(self.workspace,) if writes else (),
            kept=changes.pop("kept", (self.workspace / ".git",)) if writes else (),
            hidden=changes.pop("hidden", ()),
            links=changes.pop("links", ()),
        )
        wanted = plan(
            "/bin/true", cwd=self.workspace, workspace=self.workspace, access=access, **changes
        )
        in_view = tier is Tier.NAMESPACES
        own: Rules | None = rules(access, 7, network=wanted.network, masked=in_view)
        own = own if tier.at_least(Tier.LANDLOCK) else scopes(7)
        private = tuple(map(str, private_folders(access))) if in_view else ()
        cell = Cell(tier, private=private)
        return ConfinedPlan(wanted, Confinement(tier, network=wanted.network), cell, own)

    def said(self, line: str, tier: Tier = Tier.LANDLOCK, **changes: Any) -> Denial | None:
        """What is explained of one line, at most one thing."""
        disk = Disk(changes.pop("user", None))
        found = explain(self.confined(tier, **changes), os.uname().machine, (), line, disk=disk)
        assert len(found) <= 1
        return found[0] if found else None


@pytest.fixture
def call(tmp_path: Path) -> Call:
    workspace = (tmp_path / "ws").resolve()
    workspace.mkdir()
    return Call(workspace)


def test_reading_outside(call: Call) -> None:
    assert call.said("cat: /etc/shadow: Permission denied") == Denial(
        "reading /etc/shadow",
        f"inferred: it said “cat: /etc/shadow: Permission denied”, {NO_RULE}",
        'readable = ["/etc/shadow"]',
    )


def test_writing_in_a_tool_that_reads(call: Call) -> None:
    line = "PermissionError: [Errno 13] Permission denied: 'src/new.txt'"
    assert call.said(line, writes=False) == Denial(
        f"creating {call.workspace}/src/new.txt",
        f"inferred: it said “{line}”, {NO_RULE}",
        f'writable = ["{call.workspace}/src"]',
    )


def test_writing_to_a_file_that_is_there_in_a_tool_that_reads(call: Call) -> None:
    told = call.said("/bin/sh: 1: cannot create a.txt: Permission denied", writes=False)
    assert told is not None
    assert told.operation == f"writing {call.workspace}/a.txt"
    assert told.allow == f'writable = ["{call.workspace}/a.txt"]'


def test_what_is_added_to_writable_keeps_what_was_writable(call: Call) -> None:
    told = call.said("cp: cannot create regular file '/opt/x/a': Permission denied")
    assert told is not None
    assert told.operation == "creating /opt/x/a"
    assert told.allow == f'writable = ["{call.workspace}", "/opt/x"]'


def test_where_it_cannot_be_told_what_was_wanted_both_are_said(call: Call) -> None:
    told = call.said("bash: line 1: /opt/two words: Permission denied", writes=False)
    assert told is not None
    assert told.operation == "reading or writing /opt/two words"
    assert told.allow == 'readable = ["/opt/two words"] or writable = ["/opt/two words"]'

    told = call.said("PermissionError: [Errno 13] Permission denied: 'prog'", writes=False)
    assert told is not None
    assert told.operation == f"writing or starting {call.workspace}/prog"


@pytest.mark.parametrize(
    "line",
    [
        "/bin/sh: 1: ./prog: Permission denied",
        "bash: line 1: ./prog: Permission denied",
        "bash: ./prog: /bin/sh: bad interpreter: Permission denied",
        "PermissionError: [Errno 13] Permission denied: './prog'",
        "fork/exec ./prog: permission denied",
        "Error: spawnSync ./prog EACCES",
    ],
)
def test_starting_what_a_command_may_have_written(call: Call, line: str) -> None:
    told = call.said(line)
    assert told is not None
    assert told.operation == f"starting {call.workspace}/prog"
    assert told.allow == 'acknowledge = ["executes-workspace-code"]'


def test_starting_a_program_elsewhere(call: Call) -> None:
    told = call.said("env: ‘/opt/bin/tool’: Permission denied")  # noqa: RUF001  # env's quotes
    assert told is not None
    assert (told.operation, told.allow) == (
        "starting /opt/bin/tool",
        'executable = ["/opt/bin/tool"]',
    )


def test_a_repository_is_kept(call: Call) -> None:
    told = call.said(
        f"fatal: Unable to create '{call.workspace}/.git/index.lock': Permission denied"
    )
    assert told is not None
    assert told.operation == f"creating {call.workspace}/.git/index.lock"
    assert told.allow == f'writable = ["{call.workspace}", "{call.workspace}/.git"]'


def test_a_repository_is_kept_by_a_mount_in_a_view(call: Call) -> None:
    told = call.said("touch: cannot touch '.git/a': Read-only file system", Tier.NAMESPACES)
    assert told is not None
    assert told.allow == f'writable = ["{call.workspace}", "{call.workspace}/.git"]'


def test_what_says_the_rules_is_never_offered_for_writing(call: Call) -> None:
    file = call.workspace / "handrail.toml"
    file.touch()
    told = call.said("sh: 1: cannot create handrail.toml: Permission denied", kept=(file,))
    assert told is not None
    assert told.operation == f"writing {file}"
    assert told.allow is None


def test_what_is_hidden_is_never_offered_for_reading(call: Call) -> None:
    secret = call.workspace / "secret"
    secret.touch()
    told = call.said("cat: secret: Permission denied", hidden=(secret,))
    assert told is not None
    assert (told.operation, told.allow) == (f"reading {secret}", None)


@pytest.mark.parametrize(
    ("line", "operation"),
    [
        ("touch: cannot touch 'new.txt': Permission denied", "creating {ws}/new.txt"),
        ("/usr/bin/ld: cannot open output file new: Permission denied", "creating {ws}/new"),
        ("tar: new.tar: Cannot open: Permission denied", "creating {ws}/new.tar"),
        ("rm: cannot remove 'a.txt': Permission denied", "removing {ws}/a.txt"),
        ("mv: cannot move 'src/b' to 'b': Permission denied", "moving {ws}/b"),
    ],
)
def test_beside_a_repository_landlock_lets_nothing_come_or_go(
    call: Call, line: str, operation: str
) -> None:
    told = call.said(line)
    assert told is not None
    assert told.operation == operation.format(ws=call.workspace)
    assert told.evidence.endswith(
        "at the tier landlock nothing can be made, removed or renamed beside .git; "
        "in the folders below it can, and at the tier namespaces"
    )
    assert told.allow == f'writable = ["{call.workspace}", "{call.workspace}/.git"]'
    assert call.said(line, Tier.NAMESPACES) is None


def test_beside_the_server_file_no_line_would_help(call: Call) -> None:
    told = call.said(
        "touch: cannot touch 'new': Permission denied", kept=(call.workspace / "handrail.toml",)
    )
    assert told is not None
    assert told.allow is None


def test_the_system_is_never_offered_for_writing(call: Call) -> None:
    told = call.said("install: cannot create regular file '/usr/bin/q': Permission denied")
    assert told is not None
    assert (told.operation, told.allow) == ("creating /usr/bin/q", None)


def test_what_belongs_into_the_folder_for_temporary_files(call: Call) -> None:
    told = call.said("sh: 1: cannot create /dev/shm/x: Permission denied")
    assert told is not None
    assert told.evidence.endswith("its own folder for temporary files is elsewhere, in TMPDIR")
    assert told.allow is None


def test_a_command_that_wants_a_home(call: Call) -> None:
    told = call.said("Error: EACCES: permission denied, mkdir '/nonexistent/.npm'")
    assert told is not None
    assert told.allow == 'env = { HOME = "$TMPDIR" }'


def test_a_link_that_leads_out_of_the_workspace(call: Call, tmp_path: Path) -> None:
    (tmp_path / "outside").touch()
    (call.workspace / "link").symlink_to(tmp_path / "outside")
    told = call.said("cat: link: Permission denied")
    assert told is not None
    assert told.operation == f"reading {call.workspace}/link"


def test_what_a_view_lacks(call: Call) -> None:
    line = "cat: /etc/shadow: No such file or directory"
    assert call.said(line, Tier.NAMESPACES) == Denial(
        "reading /etc/shadow",
        f"inferred: it said “{line}”, and its view of the disk has nothing there",
        'readable = ["/etc/shadow"]',
    )


@pytest.mark.parametrize(
    "line",
    [
        "cat: /usr/lib/missing: No such file or directory",
        "cat: missing: No such file or directory",
        "cat: /tmp/handrail/missing: No such file or directory",
        "ls: cannot access '/proc/1/missing': No such file or directory",
        "sh: 1: curl: not found",
    ],
)
def test_what_a_view_could_have_is_just_not_there(call: Call, line: str) -> None:
    assert call.said(line, Tier.NAMESPACES) is None


def test_without_a_view_what_is_not_there_is_not_there(call: Call) -> None:
    assert call.said("cat: /etc/shadow: No such file or directory") is None


@pytest.mark.parametrize(
    "line",
    [
        "cat: a.txt: Permission denied",
        "cat: /usr/lib/secret: Permission denied",
        "tee: src/new: Permission denied",
        "mkdir: cannot create directory 'src/new': Permission denied",
        "PermissionError: [Errno 13] Permission denied: 'src/new'",
        "PermissionError: [Errno 13] Permission denied: 'a.txt'",
        "/bin/sh: 1: cannot create a.txt: Permission denied",
        "unshare: cannot open /proc/self/uid_map: Permission denied",
        "cat: /dev/stdin: Permission denied",
        "/bin/sh: 1: ./a.txt: Permission denied",
        "zip I/O error: Permission denied",
        "me@example.com: Permission denied (publickey).",
        "no line of an error",
        "",
    ],
)
def test_what_the_rules_allow_is_not_told(call: Call, line: str) -> None:
    assert call.said(line) is None


@pytest.mark.parametrize("writes", [True, False])
def test_what_owner_and_mode_explain_is_not_told(call: Call, *, writes: bool) -> None:
    """The rules deny to start it, but it may be the reading that failed."""
    call.workspace.parent.chmod(0o755)
    call.workspace.chmod(0o755)
    (call.workspace / "prog").chmod(0o700)
    line = "PermissionError: [Errno 13] Permission denied: 'prog'"

    assert call.said(line, writes=writes, user=NOBODY) is None


def test_a_name_that_a_tool_uses_for_what_it_may_read_is_no_denial(
    call: Call, tmp_path: Path
) -> None:
    data, name = tmp_path / "data", tmp_path / "name"
    data.mkdir()
    name.symlink_to(data)
    changes = {"readable": (data,), "links": ((name, data),)}
    for tier in (Tier.LANDLOCK, Tier.NAMESPACES):
        assert call.said(f"cat: {name}/a: Permission denied", tier, **changes) is None


def test_a_private_folder_is_no_denial(call: Call) -> None:
    folder = Path("/tmp/handrail-0")
    for line in (f"cat: {folder}/a: Permission denied", f"tee: {folder}/b: Permission denied"):
        assert not explain(
            call.confined(), os.uname().machine, (), line, disk=Disk(), private=(folder,)
        )


@pytest.mark.parametrize("tier", [Tier.RLIMITS, Tier.NONE])
def test_tiers_that_keep_no_file_from_anyone_deny_none(call: Call, tier: Tier) -> None:
    assert call.said("cat: /etc/shadow: Permission denied", tier) is None


def test_never_more_than_four_and_none_twice(call: Call) -> None:
    said = "".join(f"find: '/x/{n}': Permission denied\n" * 2 for n in range(9))
    found = explain(call.confined(), os.uname().machine, (), said, disk=Disk())

    assert [one.operation for one in found] == [f"reading /x/{n}" for n in range(4)]
