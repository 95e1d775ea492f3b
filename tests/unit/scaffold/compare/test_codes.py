"""Every code, by a change that has it and no other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handrail.errors import UsageError
from handrail.scaffold.compare.codes import BREAKING, COMPATIBLE
from handrail.scaffold.compare.compare import compare
from handrail.scaffold.compare.listing import ListedTool, Listing, Terms
from tests.unit.scaffold.compare.schemas import Schema, between, tool

_TEXT: Schema = {"type": "string"}
_NOBODY = tool({})


def _takes(param: Schema | None = None, **keywords: Any) -> ListedTool:
    properties = {} if param is None else {"properties": {"p": param}}
    return tool({"type": "object", **properties, **keywords})


def _gives(field: Schema | None = None, **keywords: Any) -> ListedTool:
    properties = {} if field is None else {"properties": {"f": field}}
    return replace(_NOBODY, output={"type": "object", **properties, **keywords})


def _hints(**hints: bool) -> ListedTool:
    quiet = {"readOnlyHint": False, "destructiveHint": False, "openWorldHint": False}
    return replace(_NOBODY, hints={**quiet, **hints})


def _asks(**terms: Any) -> ListedTool:
    return replace(_NOBODY, terms=Terms(**terms))


_FORMS = {"anyOf": [_TEXT, {"type": "integer"}]}
_SHORT = {"anyOf": [{"type": "string", "maxLength": 1}, {"type": "integer"}]}

_CASES: list[tuple[str, ListedTool, ListedTool]] = [
    ("B002", _takes(_TEXT), _takes()),
    ("B003", _takes(_TEXT), _takes(_TEXT, required=["p"])),
    ("B003", _takes(), _takes(_TEXT, required=["p"])),
    ("B003", _takes({"default": 1}), _takes({}, required=["p"])),
    ("B004", _takes(_TEXT), _takes({"type": "integer"})),
    ("B004", _takes({"type": "number"}), _takes({"type": "integer"})),
    ("B004", _takes({"items": _TEXT}), _takes({"items": {"type": "integer"}})),
    ("B005", _takes({"enum": ["a", "b"]}), _takes({"enum": ["a"]})),
    ("B005", _takes({}), _takes({"const": "a"})),
    ("B006", _takes({"maximum": 9}), _takes({"maximum": 8})),
    ("B006", _takes({"minimum": 1}), _takes({"exclusiveMinimum": 1})),
    ("B006", _takes({"multipleOf": 2}), _takes({"multipleOf": 3})),
    ("B007", _takes({"pattern": "a"}), _takes({"pattern": "b"})),
    ("B007", _takes({}), _takes({"format": "date"})),
    ("B008", _takes({"maxLength": 9}), _takes({"maxLength": 8})),
    ("B008", _takes({}), _takes({"maxItems": 8})),
    ("B008", _takes({}), _takes({"uniqueItems": True})),
    ("B008", _takes(_FORMS), _takes(_SHORT)),
    ("B009", _takes({"default": 1}), _takes({"default": True})),
    ("B009", _takes({}), _takes({"default": 1})),
    ("B010", _takes({}), _takes({}, additionalProperties=False)),
    ("B011", _takes(_FORMS), _takes(_TEXT)),
    ("B012", _takes({"not": _TEXT}), _takes({"not": {"type": "null"}})),
    ("C002", _takes(), _takes(_TEXT)),
    ("C003", _takes(_TEXT, required=["p"]), _takes(_TEXT)),
    ("C004", _takes({"type": "integer"}), _takes({"type": "number"})),
    ("C005", _takes({"enum": ["a"]}), _takes({"enum": ["a", "b"]})),
    ("C005", _takes({"enum": ["a"]}), _takes({"maxLength": 9})),
    ("C006", _takes({"maximum": 9}), _takes({"maximum": 10})),
    ("C006", _takes({"multipleOf": 4}), _takes({"multipleOf": 2})),
    ("C007", _takes({"pattern": "a"}), _takes({})),
    ("C008", _takes({"minItems": 2}), _takes({"minItems": 1})),
    ("C010", _takes({}, additionalProperties=False), _takes({})),
    ("C011", _takes(_TEXT), _takes(_FORMS)),
    ("C402", _takes({"description": "a"}), _takes({"description": "b"})),
    ("B101", _gives(), _NOBODY),
    ("B102", _gives(_TEXT, required=["f"]), _gives()),
    ("B103", _gives(_TEXT), _gives({"type": ["string", "null"]})),
    ("B103", _gives(_TEXT), _gives(_FORMS)),
    ("B104", _gives(_TEXT, required=["f"]), _gives(_TEXT)),
    ("B105", _gives({"enum": ["a"]}), _gives({"enum": ["a", "b"]})),
    ("B105", _gives({"maximum": 9}), _gives({"maximum": 10})),
    ("B105", _gives({"pattern": "a"}), _gives({})),
    ("B106", _gives({"not": _TEXT}), _gives({"not": {"type": "null"}})),
    ("C101", _NOBODY, _gives()),
    ("C102", _gives(), _gives(_TEXT)),
    ("C103", _gives({"type": ["string", "null"]}), _gives(_TEXT)),
    ("C104", _gives(_TEXT), _gives(_TEXT, required=["f"])),
    ("C105", _gives({"enum": ["a", "b"]}), _gives({"enum": ["a"]})),
    ("C106", _gives(additionalProperties=False), _gives()),
    ("B201", _hints(readOnlyHint=True), _hints()),
    ("B202", _hints(), _hints(destructiveHint=True)),
    ("B203", _hints(idempotentHint=True), _hints()),
    ("C201", _hints(), _hints(readOnlyHint=True)),
    ("C202", _hints(destructiveHint=True), _hints()),
    ("C203", _hints(), _hints(idempotentHint=True)),
    ("C204", _hints(), _hints(openWorldHint=True)),
    ("B301", _asks(), _asks(approval=True)),
    ("C301", _asks(approval=True), _asks()),
    ("B302", _asks(), _asks(requires=frozenset("a"))),
    ("B302", _asks(), _asks(permitted=frozenset("a"))),
    ("B302", _asks(permitted=frozenset("ab")), _asks(permitted=frozenset("a"))),
    ("C302", _asks(requires=frozenset("a")), _asks()),
    ("C302", _asks(permitted=frozenset("a")), _asks()),
    ("C401", _NOBODY, replace(_NOBODY, description="Something else.")),
]


@pytest.mark.parametrize(("code", "old", "new"), _CASES)
def test_a_change_has_its_code(code: str, old: ListedTool, new: ListedTool) -> None:
    assert [one.code for one in between(old, new)] == [code]


def test_a_tool_that_is_gone_or_new_has_its_code() -> None:
    one, none = Listing("one", {"tool": _NOBODY}), Listing("none", {})

    assert [each.code for each in compare(one, none)] == ["B001"]
    assert [each.code for each in compare(none, one)] == ["C001"]


def test_every_code_has_a_case() -> None:
    assert {code for code, *_ in _CASES} | {"B001", "C001"} == {*BREAKING, *COMPATIBLE}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (_takes({"maximum": 9}), _takes({"maximum": 8}), "p has a tighter bound: maximum was 9"),
        (
            _takes({"items": {"properties": {"a": {"default": 1}}}}),
            _takes({"items": {"properties": {"a": {"default": 2}}}}),
            "param p[].a has another default: default was 1, is 2",
        ),
        (_gives({"type": "string"}), _gives({"type": "null"}), 'type was "string", is "null"'),
        (_takes(_TEXT), _takes({"type": "\x1b[31m\u202e"}), r"\u001b[31m\u202e"),
    ],
)
def test_it_says_what_changed(old: ListedTool, new: ListedTool, message: str) -> None:
    (change,) = between(old, new)

    assert message in change.message


def _referring(limit: int) -> ListedTool:
    node = {
        "type": "object",
        "properties": {"next": {"$ref": "#/$defs/node"}, "size": {"maximum": limit}},
    }
    return tool({"properties": {"p": {"$ref": "#/$defs/node"}}, "$defs": {"node": node}})


def test_references_are_followed_also_into_themselves() -> None:
    (change,) = between(_referring(9), _referring(8))

    assert change.code == "B006"
    assert change.pointer == "/inputSchema/properties/p/properties/size/maximum"


def _multiplying(last: Schema) -> ListedTool:
    twice = [{"a": {"$ref": f"#/$defs/{n}"}, "b": {"$ref": f"#/$defs/{n}"}} for n in range(1, 30)]
    steps = {str(n): {"properties": two} for n, two in enumerate(twice)}
    return tool({"properties": {"p": {"$ref": "#/$defs/0"}}, "$defs": {**steps, "29": last}})


def test_references_that_multiply_are_refused() -> None:
    with pytest.raises(UsageError, match="D106: a schema has more than 20000 parts"):
        between(_multiplying({"maximum": 2}), _multiplying({"maximum": 1}))


def test_a_choice_that_fits_a_new_bound_is_not_refused() -> None:
    old, new = (
        _takes({"enum": ["ab", 3]}),
        _takes({"enum": ["ab", 3], "maxLength": 2, "minimum": 3}),
    )

    assert between(old, new) == []


def test_a_server_adds_nothing_that_its_file_lacks() -> None:
    reader = {"read_output": replace(_NOBODY, name="read_output")}
    file, server = Listing("file", {}, declared=True), Listing("server", reader)

    assert compare(file, server) == compare(server, file) == []
