"""What must hold of any two schemas, with jsonschema as the judge."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.scaffold.compare.schemas import (
    DEFINITIONS,
    PAIRS,
    VALUES,
    Schema,
    accepts,
    between,
    inputs,
    tool,
)

_TRIALS = 50


def _param(schema: Schema, definitions: Schema) -> Schema:
    properties = {"p": schema}
    return {"type": "object", "properties": properties, "$defs": definitions}


@given(pair=PAIRS, before=DEFINITIONS, after=DEFINITIONS)
@settings(max_examples=4 * _TRIALS, deadline=None)
def test_a_value_that_is_refused_now_breaks(
    pair: tuple[Schema, Schema], before: Schema, after: Schema
) -> None:
    was, now = _param(pair[0], before), _param(pair[1], after)
    takes, took = accepts(now), accepts(was)
    lost = [one for one in VALUES if took({"p": one}) and not takes({"p": one})]

    changes = between(tool(was), tool(now))

    assert not lost or any(one.breaks for one in changes), lost


_ARGUMENTS: list[Schema] = [
    {},
    *({name: one} for one in VALUES for name in ("p", "q")),
    *({"p": one, "q": other} for one, other in zip(VALUES, reversed(VALUES), strict=True)),
]


@given(old=inputs(), new=inputs())
@settings(max_examples=_TRIALS, deadline=None)
def test_arguments_that_are_refused_now_break(old: Schema, new: Schema) -> None:
    takes, took = accepts(new), accepts(old)
    lost = [one for one in _ARGUMENTS if took(one) and not takes(one)]

    assert not lost or any(one.breaks for one in between(tool(old), tool(new))), lost


@given(pair=PAIRS, definitions=DEFINITIONS)
@settings(max_examples=_TRIALS, deadline=None)
def test_a_result_that_could_not_be_breaks(
    pair: tuple[Schema, Schema], definitions: Schema
) -> None:
    was, now = (_param(schema, definitions) for schema in pair)
    takes, took = accepts(now), accepts(was)
    # A table with more fields is one that clients can read.
    simple = [one for one in VALUES if not isinstance(one, dict | list)]
    odd = [one for one in simple if takes({"p": one}) and not took({"p": one})]

    changes = between(tool({}, was), tool({}, now))

    assert not odd or any(one.breaks for one in changes), odd


@given(schema=inputs(), output=st.none() | inputs())
@settings(max_examples=_TRIALS, deadline=None)
def test_a_tool_has_not_changed_from_itself(schema: Schema, output: Schema | None) -> None:
    assert between(tool(schema, output), tool(deepcopy(schema), deepcopy(output))) == []


@given(
    st.lists(st.sampled_from(["a", "b", 1, 1.5, True, None]), min_size=1, unique_by=str),
    st.data(),
)
@settings(max_examples=_TRIALS, deadline=None)
def test_fewer_choices_are_found(choices: list[Any], data: st.DataObject) -> None:
    fewer = data.draw(st.lists(st.sampled_from(choices), max_size=len(choices) - 1, unique_by=str))
    old, new = ({"properties": {"p": {"enum": one}}} for one in (choices, fewer))

    forth, back = between(tool(old), tool(new)), between(tool(new), tool(old))

    assert ("B005", "/inputSchema/properties/p/enum") in [(c.code, c.pointer) for c in forth]
    assert [one.code for one in back] == ["C005"]
