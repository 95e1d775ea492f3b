"""One param, one value: what is taken, and the reason when it is not."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from handrail.spec.param import ParamSpec
from handrail.spec.values import BadValue, check_value


def param(**keys: Any) -> ParamSpec:
    return ParamSpec.model_validate_json(json.dumps(keys))


TAKEN = [
    ({}, "text", "text"),
    ({}, "", ""),
    ({}, "-x", "-x"),
    ({}, "å 日本", "å 日本"),
    ({"multiline": True}, "a\r\n\tb\n", "a\r\n\tb\n"),
    ({"pattern": "[a-z]+"}, "abc", "abc"),
    ({"choices": ["a", "b"]}, "b", "b"),
    ({"type": "integer"}, 3, 3),
    ({"type": "integer"}, 3.0, 3),
    ({"type": "integer"}, -(2**63), -(2**63)),
    ({"type": "integer", "min": 1, "max": 3}, 3, 3),
    ({"type": "number"}, 3, 3),
    ({"type": "number"}, 0.5, 0.5),
    ({"type": "boolean"}, False, False),
    ({"type": "path"}, "src/a.py", "src/a.py"),
    ({"repeat": True}, ["a", "b"], ("a", "b")),
    ({"repeat": True}, [], ()),
]

REFUSED = [
    ({}, 3, "must be a string, not an integer"),
    ({}, None, "must be a string, not null"),
    ({}, ["a"], "must be a string, not a list"),
    ({}, "a\0b", "must not contain control characters, tabs or line breaks"),
    ({}, "a\nb", "must not contain control characters, tabs or line breaks"),
    ({}, "a\x7f", "must not contain control characters, tabs or line breaks"),
    ({}, "a\x85", "must not contain control characters, tabs or line breaks"),
    (
        {"multiline": True},
        "a\rb",
        "must not contain control characters, except tabs and line breaks",
    ),
    (
        {"multiline": True},
        "a\0b",
        "must not contain control characters, except tabs and line breaks",
    ),
    ({}, "\ud800", "must be valid Unicode, without lone surrogates"),
    ({"max_length": 3}, "abcd", "must have at most 3 characters"),
    ({}, "a" * 4097, "must have at most 4096 characters"),
    ({"pattern": "[a-z]+"}, "abc\n", "must not contain control characters, tabs or line breaks"),
    ({"pattern": "[a-z]+"}, "abc1", "must match the pattern [a-z]+"),
    ({"choices": ["a", "b"]}, "c", "must be one of: a, b"),
    ({"type": "integer", "choices": list(range(22))}, 99, None),
    ({"type": "integer"}, True, "must be an integer, not a boolean"),
    ({"type": "integer"}, 3.5, "must be an integer, not a decimal number"),
    ({"type": "integer"}, "3", "must be an integer, not a string"),
    ({"type": "integer"}, 2**63, "must fit in 64 bits"),
    ({"type": "integer"}, 1e300, "must fit in 64 bits"),
    ({"type": "integer", "min": 1}, 0, "must be at least 1"),
    ({"type": "integer", "max": 100}, 101, "must be at most 100"),
    ({"type": "number"}, True, "must be a number, not a boolean"),
    ({"type": "number"}, float("nan"), "must be a finite number"),
    ({"type": "number"}, float("inf"), "must be a finite number"),
    ({"type": "number"}, 10**400, "must fit in 64 bits"),
    ({"type": "boolean"}, 1, "must be true or false, not an integer"),
    ({"type": "path"}, "", "must not be empty"),
    ({"type": "path"}, "a\nb", "must not contain control characters, tabs or line breaks"),
    ({"type": "path"}, "é" * 2049, "must have at most 4096 bytes"),
    ({"type": "path"}, "a/" + "b" * 256, "must have at most 255 bytes between slashes"),
    ({"repeat": True}, "a", "must be a list, not a string"),
    ({"repeat": True, "max_items": 1}, ["a", "b"], "must have at most 1 item"),
    ({"repeat": True, "type": "integer"}, [1, 2, "3"], "item 3 must be an integer, not a string"),
]


@pytest.mark.parametrize(("keys", "value", "checked"), TAKEN)
def test_a_value_that_fits_is_taken(keys: dict[str, Any], value: object, checked: object) -> None:
    taken = check_value(param(**keys), value)
    assert (taken, type(taken)) == (checked, type(checked))


@pytest.mark.parametrize(("keys", "value", "reason"), REFUSED)
def test_a_value_that_does_not_fit_is_refused(
    keys: dict[str, Any], value: object, reason: str | None
) -> None:
    with pytest.raises(BadValue) as refused:
        check_value(param(**keys), value)
    if reason is None:
        reason = "must be one of: " + ", ".join(map(str, range(20))) + " and 2 more"
    assert refused.value.reason == reason


def test_the_reason_comes_with_what_is_allowed() -> None:
    with pytest.raises(BadValue) as refused:
        check_value(param(type="integer", min=1, max=9), 10)
    assert refused.value.allowed == {"min": 1, "max": 9}


def test_ten_megabytes_are_refused_before_any_regular_expression_runs() -> None:
    start = time.process_time()
    with pytest.raises(BadValue):
        check_value(param(pattern="(a+)+b"), "a" * 10_000_000)
    assert time.process_time() - start < 1  # the expression would take for ever
