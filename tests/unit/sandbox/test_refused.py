"""System calls that the filter refused, in words, where they may be why a command failed."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest

from handrail.plan.disk import Disk
from handrail.sandbox.cell import Cell
from handrail.sandbox.confine import ConfinedPlan, Confinement
from handrail.sandbox.denial import Denial, Refusal, explain
from handrail.sandbox.syscalls import table
from handrail.spec.server import Tier
from tests.builders import plan

MACHINE = os.uname().machine
STREAM = socket.SOCK_STREAM | socket.SOCK_CLOEXEC
SEEN = "the kernel's filter refused it"


def refusal(name: str, first: int = 0, second: int = 0) -> Refusal:
    return Refusal(table(MACHINE).numbers[name], first, second)


INTERNET = refusal("socket", socket.AF_INET, STREAM)
INTERNET_6 = refusal("socket", socket.AF_INET6, STREAM)
UNIX = refusal("socket", socket.AF_UNIX, STREAM)
NETLINK = refusal("socket", socket.AF_NETLINK, socket.SOCK_RAW)
RAW = refusal("socket", socket.AF_INET, socket.SOCK_RAW)


def told(
    *refused: Refusal, said: str = "", tier: Tier = Tier.LANDLOCK, **changes: Any
) -> list[tuple[str, str | None]]:
    wanted = plan("/bin/true", **changes)
    confined = ConfinedPlan(wanted, Confinement(tier, network=wanted.network), Cell(tier), None)
    found = explain(confined, MACHINE, refused, said, disk=Disk())
    assert all(one.evidence == SEEN for one in found)
    return [(one.operation, one.allow) for one in found]


def test_the_network_is_one_thing_whatever_was_tried_on_the_way() -> None:
    assert told(
        UNIX, NETLINK, INTERNET, INTERNET_6, said="curl: (6) Could not resolve host: x"
    ) == [("opening an internet socket", "network = true")]


def test_raw_sockets_are_never_allowed() -> None:
    assert told(RAW) == [("opening a raw socket", None)]
    assert told(RAW, network=True) == [("opening a raw socket", None)]


def test_what_programs_try_in_passing_is_not_told() -> None:
    tried = (refusal("io_uring_setup"), refusal("name_to_handle_at"), UNIX, NETLINK)
    assert told(*tried, refusal("keyctl"), said="3 failed, 14 passed") == []
    assert told(refusal("io_uring_setup"), said="cat: x: Permission denied") == []


@pytest.mark.parametrize(
    ("tier", "allow"), [(Tier.LANDLOCK, None), (Tier.NAMESPACES, "network = true")]
)
def test_a_unix_socket_that_the_command_speaks_of(tier: Tier, allow: str | None) -> None:
    said = "permission denied while trying to connect to the Docker daemon socket"
    assert told(UNIX, UNIX, said=said, tier=tier) == [("opening a Unix socket", allow)]


def test_network_interfaces() -> None:
    said = "Cannot open netlink socket: Permission denied"
    assert told(NETLINK, said=said) == [("asking for network interfaces", "network = true")]


@pytest.mark.parametrize(
    ("name", "said", "operation"),
    [
        ("unshare", "unshare: unshare failed: Operation not permitted", "making a namespace"),
        ("ptrace", "strace: ptrace: Operation not permitted", "looking into another process"),
        ("mount", "mount: /mnt: permission denied.", "changing what is mounted"),
        ("bpf", "bpf: EPERM", "the system call bpf"),
    ],
)
def test_other_calls_when_the_command_was_refused_something(
    name: str, said: str, operation: str
) -> None:
    assert told(refusal(name), said=said) == [(operation, None)]


def test_what_was_seen_comes_before_what_is_inferred() -> None:
    assert Denial("opening an internet socket", SEEN, "network = true") == next(
        iter(
            explain(
                ConfinedPlan(
                    plan("/bin/true"),
                    Confinement(Tier.RLIMITS, network=False),
                    Cell(Tier.RLIMITS),
                    None,
                ),
                MACHINE,
                (INTERNET,),
                "",
                disk=Disk(),
            )
        )
    )
