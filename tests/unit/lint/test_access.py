"""What is said of roles, and of the store, by what the rest of the file says."""

from __future__ import annotations

from typing import Any

import pytest

from handrail.lint.access import judge_access
from tests.builders import rule, server, tool

KEYS = {"keys": ".handrail/keys.json"}
READER = {"reader": {"tools": ["t"]}}


def found(requires: list[str] | None = None, **tables: Any) -> list[tuple[str, str]]:
    spec = server(tool(requires=requires or []), **tables)
    return [(one.code, one.message) for one in judge_access(spec)]


def test_tokens_may_bring_a_role_that_the_file_does_not_declare() -> None:
    unheard_of = 'no caller has the role "auditor"'
    assert found(["auditor"]) == [("E821", unheard_of)]
    assert found(["auditor"], auth=KEYS) == []
    assert found(["auditor"], access={"local": ["auditor"]}) == []


def test_a_misspelt_role_is_said_also_where_tokens_bring_roles() -> None:
    told = [("E821", 'no caller has the role "raeder"; did you mean "reader"?')]
    assert found(["raeder"], auth=KEYS, access={"roles": READER}) == told


@pytest.mark.parametrize("role", ["raeder", ["reader", "raeder"]])
def test_rules_are_looked_at_too(role: object) -> None:
    spec = server(tool(), access={"roles": READER})
    spec = spec.model_copy(update={"rules": (rule("deny", role=role),)})
    (one,) = judge_access(spec)
    number = () if isinstance(role, str) else (1,)
    assert (one.code, one.at) == ("E821", ("rule", 0, "role", *number))


def test_a_local_role_that_nothing_speaks_of_has_no_meaning() -> None:
    told = [("E821", 'the role "redaer" has no meaning here; did you mean "reader"?')]
    assert found(access={"roles": READER, "local": ["redaer"]}) == told


def test_a_url_of_a_store_is_never_shown() -> None:
    (one,) = found(access={"store": "mysql://root:hunter2@db"})
    assert one[0] == "E825"
    assert "hunter2" not in one[1]


@pytest.mark.parametrize("url", ["redis://h", "rediss://u:p@h:1/2", "unix:///run/redis.sock"])
def test_every_form_of_a_redis_will_do(url: str) -> None:
    assert found(access={"store": url}) == []
