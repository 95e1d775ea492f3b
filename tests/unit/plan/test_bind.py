"""Arguments against params: what is refused, in which words, and what is never said."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import pytest

from handrail.errors import ArgumentError, CallError, PathOutsideWorkspace
from tests.builders import host, planned, tool


def refusal(given: dict[str, Any], **params: Any) -> CallError:
    with pytest.raises(CallError) as refused:
        planned(tool(params=params), given)
    return refused.value


def test_an_unknown_argument_is_refused_with_the_one_that_was_meant() -> None:
    error = refusal({"patern": "x"}, pattern={}, path={})
    assert (type(error), error.message) == (
        ArgumentError,
        "there is no argument `patern`; did you mean `pattern`?",
    )
    assert (error.field, error.allowed) == ("patern", ["pattern", "path"])


def test_an_unknown_argument_like_no_other_is_refused() -> None:
    assert refusal({"zzz": "x"}, pattern={}).message == "there is no argument `zzz`"


def test_a_hostile_name_of_an_argument_is_shown_escaped_and_short() -> None:
    error = refusal({"\x1b[2J\n" + "a" * 1000: "x"}, pattern={})
    assert error.message == "there is no argument `" + r"\x1b[2J\n" + "a" * 59 + "`"


def test_what_is_required_is_missed() -> None:
    error = refusal({}, pattern={"required": True, "description": "What to look for."})
    assert (error.message, error.field, error.hint) == (
        "`pattern` is required",
        "pattern",
        "What to look for.",
    )


@pytest.mark.parametrize("nothing", [None, []])
def test_nothing_is_not_enough_for_what_is_required(nothing: object) -> None:
    error = refusal({"names": nothing}, names={"required": True, "repeat": True})
    assert (error.message, error.field) == ("`names` is required", "names")


def test_a_value_that_does_not_fit_is_named_with_what_is_allowed() -> None:
    error = refusal({"size": "big"}, size={"choices": ["s", "m"]})
    assert (error.message, error.field, error.allowed) == (
        "`size` must be one of: s, m",
        "size",
        ["s", "m"],
    )


def test_an_explicitly_empty_list_is_not_the_default() -> None:
    declared = tool("{names}", params={"names": {"repeat": True, "default": ["a", "b"]}})
    assert planned(declared).argv[1:] == ("a", "b")
    assert planned(declared, {"names": []}).argv[1:] == ()


SECRET = "hunter2-correct-horse"


@pytest.mark.parametrize(
    "param",
    [
        {"max_length": 3},
        {"pattern": "[0-9]+"},
        {"choices": ["a"]},
        {"type": "integer"},
        {"type": "boolean"},
        {"repeat": True},
    ],
)
def test_a_sensitive_value_that_does_not_fit_is_not_echoed(param: dict[str, Any]) -> None:
    error = refusal({"token": SECRET}, token={"sensitive": True, **param})
    whole = "".join(traceback.format_exception(error))
    shown = [error.message, error.hint, error.allowed, error.field, repr(error)]
    assert SECRET not in f"{shown} {_without_source(whole)}"


def _without_source(trace: str) -> str:
    """A traceback shows source lines, and those of this test name the secret's variable only."""
    return "\n".join(line for line in trace.splitlines() if not line.startswith("    "))


@pytest.mark.parametrize("args", [["{token}"], ["{token}.txt"]])
def test_a_sensitive_value_with_a_dash_is_not_echoed(args: list[str]) -> None:
    with pytest.raises(ArgumentError) as refused:
        planned(tool(*args, params={"token": {"sensitive": True}}), {"token": f"-{SECRET}"})
    assert SECRET not in f"{refused.value.message} {refused.value.hint} {refused.value!r}"


def test_a_sensitive_path_that_leads_outside_is_not_echoed(tmp_path: Path) -> None:
    declared = tool("{token}", params={"token": {"sensitive": True, "type": "path"}})
    with pytest.raises(PathOutsideWorkspace) as refused:
        planned(declared, {"token": f"../{SECRET}"}, host(tmp_path))
    assert SECRET not in f"{refused.value.message} {refused.value.hint} {refused.value!r}"


def test_a_plan_can_be_printed_without_its_sensitive_values(tmp_path: Path) -> None:
    declared = tool(
        "--token={token}",
        "{tokens}",
        params={"token": {"sensitive": True}, "tokens": {"sensitive": True, "repeat": True}},
        stdin="{token}",
        env={"KEY": {"secret": "KEY"}},
    )
    given = {"token": SECRET, "tokens": [f"{SECRET}-2", f"{SECRET}-3"]}
    plan = planned(declared, given, host(tmp_path, secrets={"KEY": f"{SECRET}-4"}))
    assert SECRET in plan.argv[1]
    assert SECRET not in repr(plan)
    assert plan.hidden == (f"{SECRET}-4", SECRET, f"{SECRET}-2", f"{SECRET}-3")


def test_a_host_can_be_printed_without_its_secrets() -> None:
    assert SECRET not in repr(host(secrets={"KEY": SECRET}))


def test_a_path_has_one_name_for_rules_and_that_of_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to("a")
    declared = tool("{where}", params={"where": {"type": "path", "repeat": True}, "n": {}})
    given = {"where": ["a/../a/b", "./a//b", str(tmp_path / "a/b"), "link", "."], "n": "x"}
    assert planned(declared, given, host(tmp_path)).arguments == {
        "where": ("a/b", "a/b", "a/b", "link", "a", "."),
        "n": ("x",),
    }
