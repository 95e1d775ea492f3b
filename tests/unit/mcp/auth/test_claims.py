"""Who claims speak of."""

from __future__ import annotations

import pytest

from handrail.mcp.auth.claims import caller_in
from handrail.spec.auth import TokenTable


@pytest.mark.parametrize(
    ("path", "claims", "roles"),
    [
        ("roles", {"roles": ["a", "b"]}, {"a", "b"}),
        ("scope", {"scope": "a  b"}, {"a", "b"}),
        ("realm.roles", {"realm": {"roles": ["a"]}}, {"a"}),
        ("https://x.example/roles", {"https://x.example/roles": ["a"]}, {"a"}),
        ("realm.roles", {"realm.roles": ["a"], "realm": {"roles": ["b"]}}, {"a"}),
        ("realm.roles", {"realm": ["roles"]}, set()),
        ("realm.roles", {"realm": "roles"}, set()),
        ("roles", {"roles": [1, None, "a", ["b"], {"c": 1}]}, {"a"}),
        ("roles", {"roles": {"a": True}}, set()),
        ("roles", {"roles": 7}, set()),
        ("roles", {}, set()),
    ],
)
def test_roles_are_where_the_file_says_in_either_form(
    path: str, claims: dict[str, object], roles: set[str]
) -> None:
    who = caller_in({"sub": "x", **claims}, TokenTable(roles=path), "jwt")

    assert (who.name, who.roles, who.is_owner) == ("jwt:x", frozenset(roles), False)


@pytest.mark.parametrize("name", [None, "", 7, ["x"], "a\nb", "a\x00", "a\u202eb", "x" * 257])
def test_a_name_that_no_log_can_bear_is_nobodys(name: object) -> None:
    with pytest.raises(ValueError, match="names nobody"):
        caller_in({"sub": name}, TokenTable(), "jwt")


def test_the_name_may_be_another_claim() -> None:
    assert caller_in({"c": {"id": "ä b"}}, TokenTable(caller="c.id"), "oidc").name == "oidc:ä b"
