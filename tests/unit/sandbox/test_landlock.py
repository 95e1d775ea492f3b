"""What Landlock is told: the rights a kernel knows, and what a plan's access grants of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.plan.access import Access
from handrail.sandbox.landlock import EXECUTE, READ, WRITE, Grant, Rules, rules, scopes

W = Path("/w")
GIT, STATE, SECRET = W / ".git", W / ".handrail", W / "secret"
ACCESS = Access(
    readable=(W, Path("/opt/lib")),
    executable=(Path("/usr"),),
    writable=(W,),
    kept=(GIT,),
    hidden=(STATE, SECRET),
    hidden_folders=(STATE,),
)
# Of linux/landlock.h.
EXECUTES, WRITES, READS_FILE, READS_DIR, MAKES_CHAR, MAKES_BLOCK = 1, 2, 4, 8, 1 << 6, 1 << 11
TRUNCATES, IOCTL = 1 << 14, 1 << 15
TCP, SCOPES = 0b11, 0b11


def told(version: int = 7, *, network: bool = False, masked: bool = False) -> Rules:
    return rules(ACCESS, version, network=network, masked=masked)


def grants(*, masked: bool = False) -> list[Grant]:
    """Those of trees, without devices and proc."""
    granted = told(masked=masked).grants
    return [grant for grant in granted if grant.path.parts[1] not in ("dev", "proc")]


@pytest.mark.parametrize(
    ("version", "files", "ports", "scoped"),
    [
        (3, (1 << 15) - 1, 0, 0),
        (4, (1 << 15) - 1, TCP, 0),
        (5, (1 << 16) - 1, TCP, 0),
        (6, (1 << 16) - 1, TCP, SCOPES),
        (7, (1 << 16) - 1, TCP, SCOPES),
        (99, (1 << 16) - 1, TCP, SCOPES),
    ],
)
def test_a_kernel_is_told_no_right_that_it_does_not_know(
    version: int, files: int, ports: int, scoped: int
) -> None:
    made = told(version)
    assert (made.files, made.ports, made.scopes) == (files, ports, scoped)


def test_the_network_opens_ports_and_nothing_else() -> None:
    closed, opened = told(), told(network=True)
    assert (closed.ports, opened.ports) == (TCP, 0)
    assert (closed.files, closed.scopes, closed.grants) == (
        opened.files,
        opened.scopes,
        opened.grants,
    )


def test_reading_is_no_writing_and_writing_makes_no_devices() -> None:
    assert READ == READS_FILE | READS_DIR
    assert EXECUTE == READ | EXECUTES
    assert WRITE & (WRITES | TRUNCATES) == WRITES | TRUNCATES
    assert WRITE & (READ | EXECUTES | MAKES_CHAR | MAKES_BLOCK | IOCTL) == 0


def test_rights_that_nothing_grants_are_handled_all_the_same() -> None:
    """What a domain does not handle is allowed (landlock(7)): making devices, their ioctls."""
    made = told()
    granted = made.temporary
    for grant in made.grants:
        granted |= grant.rights
    assert made.files & ~granted == MAKES_CHAR | MAKES_BLOCK | IOCTL


def test_each_tree_gets_its_rights_and_what_is_kept_or_hidden_is_left_out() -> None:
    assert grants() == [
        Grant(W, READ, (STATE, SECRET)),
        Grant(Path("/opt/lib"), READ),
        Grant(Path("/usr"), EXECUTE),
        Grant(W, WRITE, (GIT, STATE, SECRET)),
    ]


def test_where_mounts_cover_the_exceptions_whole_trees_are_granted() -> None:
    assert {grant.path: grant.besides for grant in grants(masked=True)} == {
        W: (),
        Path("/opt/lib"): (),
        Path("/usr"): (),
    }


def test_of_devices_only_harmless_ones_and_of_proc_only_reading() -> None:
    special = {
        grant.path.name: grant.rights
        for grant in told().grants
        if grant.path.parts[1] in ("dev", "proc")
    }
    devices = dict.fromkeys(("null", "zero", "full", "random", "urandom"), READ | WRITE)
    assert special == {**devices, "proc": READ}


def test_the_calls_own_folders_can_be_written_and_nothing_be_started_there() -> None:
    assert told().temporary == READ | WRITE


def test_scopes_alone_confine_no_files() -> None:
    assert scopes(5) is None
    made = scopes(6)
    assert made == Rules(files=0, ports=0, scopes=SCOPES, grants=(), temporary=0)
