"""Every form of `args`, and what argv it becomes: compared whole."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.errors import ArgumentError
from tests.builders import planned, tool

PARAMS: dict[str, Any] = {
    "text": {},
    "other": {},
    "number": {"type": "integer"},
    "flag": {"type": "boolean"},
    "items": {"repeat": True},
    "numbers": {"repeat": True, "type": "integer"},
    "loose": {"dash": True},
    "loose_items": {"dash": True, "repeat": True},
    "hello": {"default": "hi"},
}


def argv(*args: Any, **given: Any) -> tuple[str, ...]:
    """The elements after the program."""
    return planned(tool(*args, params=PARAMS), given).argv[1:]


FORMS: list[tuple[list[Any], dict[str, Any], tuple[str, ...]]] = [
    # Literals.
    ([], {}, ()),
    (["-q", "--all", ""], {}, ("-q", "--all", "")),
    (["{{text}}", "a b  c", "$HOME;`id`"], {}, ("{text}", "a b  c", "$HOME;`id`")),
    # Text with slots: one element, whatever the value.
    (["{text}"], {"text": "a b; rm -rf /"}, ("a b; rm -rf /",)),
    (["{text}"], {"text": ""}, ("",)),
    (["{text}"], {"text": "{other}"}, ("{other}",)),
    (["x{text}y{other}z"], {"text": "1", "other": "2"}, ("x1y2z",)),
    (["{text}{text}"], {"text": "ab"}, ("abab",)),
    (["--n={number}", "-v{flag}"], {"number": -3, "flag": True}, ("--n=-3", "-vtrue")),
    (["{number}"], {"number": 3.0}, ("3",)),
    (["--opt={text}"], {"text": "-x"}, ("--opt=-x",)),
    (["{hello}"], {}, ("hi",)),
    (["{hello}"], {"hello": None}, ("hi",)),
    (["{hello}"], {"hello": "yo"}, ("yo",)),
    # A repeated param: one element per item.
    (["a", "{items}", "b"], {"items": ["1", "2 3"]}, ("a", "1", "2 3", "b")),
    (["a", "{items}", "b"], {"items": []}, ("a", "b")),
    (["a", "{items}", "b"], {}, ("a", "b")),
    (["{numbers}"], {"numbers": [1, 2]}, ("1", "2")),
    # Groups: dropped whole.
    (["a", ["--since", "{text}"], "b"], {"text": "x"}, ("a", "--since", "x", "b")),
    (["a", ["--since", "{text}"], "b"], {}, ("a", "b")),
    (["a", ["--since", "{text}"], "b"], {"text": None}, ("a", "b")),
    (["a", ["--since", "{text}"], "b"], {"text": ""}, ("a", "--since", "", "b")),
    ([["{text}", "{other}"]], {"text": "1"}, ()),
    ([["-k", "{items}"], "x"], {"items": ["1", "2"]}, ("-k", "1", "2", "x")),
    ([["-k", "{items}"], "x"], {}, ("x",)),
    # Nothing to say after -k: it must not swallow the next element.
    ([["-k", "{items}"], "x"], {"items": []}, ("x",)),
    ([["-a", "{text}", ["-b", "{other}"]]], {"text": "1"}, ("-a", "1")),
    ([["-a", "{text}", ["-b", "{other}"]]], {"other": "2"}, ()),
    ([["-a", "{text}", ["-b", "{other}"]]], {"text": "1", "other": "2"}, ("-a", "1", "-b", "2")),
    ([["plain"]], {}, ("plain",)),
    # when and unless.
    ([{"when": "flag", "args": ["-v", "{text}"]}], {"flag": True, "text": "t"}, ("-v", "t")),
    ([{"when": "flag", "args": ["-v"]}], {"flag": False}, ()),
    ([{"when": "flag", "args": ["-v"]}], {}, ()),
    ([{"unless": "flag", "args": ["-q"]}], {"flag": True}, ()),
    ([{"unless": "flag", "args": ["-q"]}], {"flag": False}, ("-q",)),
    ([{"unless": "flag", "args": ["-q"]}], {}, ("-q",)),
    ([{"when": "flag", "args": [["-k", "{text}"], "v"]}], {"flag": True}, ("v",)),
    ([[{"when": "flag", "args": ["-v"]}, "{text}"]], {"flag": True}, ()),
    # each.
    (
        [{"each": "items", "args": ["--glob={items}", "!"]}],
        {"items": ["a", "b"]},
        ("--glob=a", "!", "--glob=b", "!"),
    ),
    (
        [{"each": "items", "args": ["-g", "{items}"]}],
        {"items": ["ab", "c"]},
        ("-g", "ab", "-g", "c"),
    ),
    ([{"each": "items", "args": ["-g", "{items}"]}], {"items": []}, ()),
    ([{"each": "items", "args": ["-g", "{items}"]}], {}, ()),
    (
        [{"each": "items", "args": ["{items}={text}", ["{other}"]]}],
        {"items": ["a", "b"], "text": "t"},
        ("a=t", "b=t"),
    ),
    (
        [{"each": "items", "args": [{"each": "numbers", "args": ["{items}{numbers}"]}]}],
        {"items": ["a", "b"], "numbers": [1, 2]},
        ("a1", "a2", "b1", "b2"),
    ),
    ([{"each": "items", "args": [["-g", "{items}"]]}], {"items": ["ab"]}, ("-g", "ab")),
]


@pytest.mark.parametrize(("args", "given", "expected"), FORMS)
def test_what_args_become(
    args: list[Any], given: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert argv(*args, **given) == expected


REFUSED: list[tuple[list[Any], dict[str, Any], str]] = [
    (["{text}"], {"text": "-x"}, "text"),
    (["{text}"], {"text": "-"}, "text"),
    (["{text}"], {"text": "--"}, "text"),
    (["{number}"], {"number": -1}, "number"),
    (["{items}"], {"items": ["a", "-b"]}, "items"),
    (["{numbers}"], {"numbers": [1, -2]}, "numbers"),
    (["{text}.txt"], {"text": "-x"}, "text"),
    (["{text}{other}"], {"text": "", "other": "-x"}, "other"),
    (["{loose}{other}"], {"loose": "", "other": "-x"}, "other"),
    (["{text}-x"], {"text": ""}, "text"),
    ([["-k", "{text}"]], {"text": "-x"}, "text"),
    ([{"when": "flag", "args": ["{text}"]}], {"flag": True, "text": "-x"}, "text"),
    ([{"each": "items", "args": ["-g", "{items}"]}], {"items": ["-x"]}, "items"),
]


@pytest.mark.parametrize(("args", "given", "field"), REFUSED)
def test_a_value_that_would_begin_an_option_is_refused(
    args: list[Any], given: dict[str, Any], field: str
) -> None:
    with pytest.raises(ArgumentError) as refused:
        argv(*args, **given)
    assert (refused.value.field, refused.value.message) == (
        field,
        f"`{field}` may not start with `-`",
    )


def test_dash_is_the_authors_word_that_options_are_safe() -> None:
    given = {"loose": "-x", "loose_items": ["-y", "z"]}
    assert argv("{loose}", "{loose_items}", **given) == ("-x", "-y", "z")


def test_a_param_that_is_needed_and_unset_is_named() -> None:
    with pytest.raises(ArgumentError) as refused:
        argv("--x={text}")
    assert (refused.value.field, refused.value.message) == (
        "text",
        "`text` is needed here and was not given",
    )


@given(st.text())
def test_any_text_is_exactly_one_element_or_refused(value: str) -> None:
    declared = tool("-k", "{a}", "--opt={a}", "x{a}y", params={"a": {"multiline": True}})
    try:
        elements = planned(declared, {"a": value}).argv[1:]
    except ArgumentError:
        return
    assert elements == ("-k", value, f"--opt={value}", f"x{value}y")
    assert not value.startswith("-")


@given(st.lists(st.text(), max_size=5))
def test_any_items_are_one_element_each_or_refused(values: list[str]) -> None:
    declared = tool("-k", "{a}", "end", params={"a": {"multiline": True, "repeat": True}})
    try:
        elements = planned(declared, {"a": values}).argv[1:]
    except ArgumentError:
        return
    assert elements == ("-k", *values, "end")
