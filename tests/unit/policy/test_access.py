"""What roles and keys permit, and whose budget a caller has."""

from __future__ import annotations

from typing import Any

import pytest

from handrail.errors import Denied
from handrail.policy.access import budget, check, local_caller, permits
from handrail.policy.caller import LOCAL, Caller
from handrail.spec.access import AccessTable
from tests.builders import server, tool

ROLES = {
    "reader": {"tools": ["git_*", "search"], "limits": {"calls": "10/day"}},
    "writer": {"tools": ["*"], "limits": {"calls": "99/day", "rate": "9/minute"}},
    "idle": {},
}


def access(**table: Any) -> AccessTable:
    return server(access=table).access


def may(caller: Caller, name: str, *requires: str, roles: dict[str, Any] | None = None) -> bool:
    table = access(roles=ROLES if roles is None else roles)
    return permits(table, caller, tool(name=name, requires=list(requires)))


def having(*roles: str, tools: tuple[str, ...] | None = None) -> Caller:
    return Caller("ann", frozenset(roles), tools)


@pytest.mark.parametrize(
    ("caller", "name", "allowed"),
    [
        (having("reader"), "git_log", True),
        (having("reader"), "search", True),
        (having("reader"), "Search", False),
        (having("reader"), "searches", False),
        (having("idle"), "search", False),
        (having("idle", "reader"), "search", True),
        (having("unheard-of"), "search", False),
        (having(), "search", False),
        (having("writer", tools=("git_*",)), "git_log", True),
        (having("writer", tools=("git_*",)), "search", False),
        (having("reader", tools=("*",)), "write", False),
        (having("writer", tools=()), "search", False),
        (LOCAL, "write", True),
    ],
)
def test_a_role_and_the_key_permit_it(caller: Caller, name: str, *, allowed: bool) -> None:
    assert may(caller, name) is allowed


def test_all_that_a_tool_requires_is_needed() -> None:
    assert may(having("writer", "auditor"), "publish", "writer", "auditor")
    assert not may(having("writer"), "publish", "writer", "auditor")
    assert not may(having("auditor"), "publish", "auditor")
    assert may(LOCAL, "publish", "auditor")


def test_without_roles_everybody_may_what_requires_nothing() -> None:
    assert may(having(), "search", roles={})
    assert not may(having(), "search", "auditor", roles={})
    assert may(having("auditor"), "search", "auditor", roles={})


def test_a_denial_says_who_and_what() -> None:
    with pytest.raises(Denied, match="ann may not use `write`") as denied:
        check(access(roles=ROLES), having("reader"), tool(name="write"))
    assert denied.value.hint


def test_the_local_caller_owns_the_server_unless_the_file_says_otherwise() -> None:
    assert local_caller(access()) == LOCAL
    assert local_caller(access(local=[])) == Caller("local")
    assert local_caller(access(local=["reader"])) == Caller("local", frozenset({"reader"}))


def test_the_first_role_in_the_file_that_says_something_of_a_budget_counts() -> None:
    table = access(roles=ROLES, limits={"calls": "5/day", "rate": "5/minute", "concurrency": 2})
    both = budget(table, having("writer", "reader"))
    reader = budget(table, having("reader"))
    nobody = budget(table, having())

    assert [one.calls and one.calls.amount for one in (both, reader, nobody)] == [10, 10, 5]
    assert [one.rate and one.rate.amount for one in (both, reader, nobody)] == [9, 5, 5]
    assert [one.concurrency for one in (both, reader, nobody)] == [2, 2, 2]
    assert both.cpu is None
