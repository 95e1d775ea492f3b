"""What a tool is given is bounded, and what is wrong with it is said by name."""

from __future__ import annotations

from typing import Any

import pytest

from handrail.errors import ArgumentError
from handrail.scaffold.builder.given import LARGEST_BYTES, Param, arguments_schema, checked

PARAMS = {
    "command": Param("string", "A command.", 10, required=True),
    "answers": Param("object", "Answers.", 1000),
}


def nested(levels: int) -> dict[str, Any]:
    """An object with so many levels below its top."""
    inner: Any = 1
    for _ in range(levels):
        inner = {"a": inner}
    return {"a": inner}


def test_what_fits_is_taken_and_null_is_nothing() -> None:
    given = checked(PARAMS, {"command": "x" * 10, "answers": None})

    assert given == {"command": "x" * 10}
    assert checked(PARAMS, {"command": "x", "answers": nested(31)})["answers"] == nested(31)


@pytest.mark.parametrize(
    ("arguments", "field", "words"),
    [
        ({}, "command", "`command` is required"),
        ({"command": None}, "command", "`command` is required"),
        ({"comand": "x"}, "comand", 'did you mean "command"?'),
        ({"command": 3}, "command", "must be a string, not an integer"),
        ({"command": {}}, "command", "must be a string, not a table"),
        ({"command": "x" * 11}, "command", "longer than 10 characters"),
        ({"command": "\ud800"}, "command", "valid Unicode"),
        ({"command": "x", "answers": "{}"}, "answers", "must be an object, not a string"),
        ({"command": "x", "answers": []}, "answers", "must be an object, not a list"),
        ({"command": "x", "answers": {"a": "ä" * 500}}, "answers", "larger than 1,000 bytes"),
        ({"command": "x", "answers": dict.fromkeys(map(str, range(129)))}, "answers", "128 keys"),
        ({"command": "x", "answers": {"a": [0] * 201}}, "answers", "more than 200 entries in a"),
        ({"command": "x", "answers": nested(32)}, "answers", "32 levels deep"),
        ({"command": "x", "answers": nested(900)}, "answers", "32 levels deep"),
    ],
)
def test_what_does_not_is_refused_by_name(
    arguments: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(ArgumentError) as refused:
        checked(PARAMS, arguments)

    assert refused.value.field == field
    assert words in refused.value.message


def test_clients_are_told_every_bound() -> None:
    schema = arguments_schema(PARAMS)

    assert schema["additionalProperties"] is False
    assert schema["required"] == ["command"]
    assert schema["properties"]["command"]["maxLength"] == 10
    assert schema["properties"]["answers"]["maxProperties"] == 128
    assert LARGEST_BYTES == 262_144
