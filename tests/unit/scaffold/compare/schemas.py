"""Schemas and values that meet often, and what jsonschema says of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from handrail.scaffold.compare.change import Change
from handrail.scaffold.compare.compare import compare
from handrail.scaffold.compare.listing import ListedTool, Listing

Schema = dict[str, Any]

VALUES: list[Any] = [
    *(None, True, False, -2, 0, 1, 2, 3, 4, 6, 0.5, 2.5, 1.0),
    *("", "a", "b", "ab", "bb", "aaa", "abab", "c1"),
    *([], ["a"], ["a", "a"], ["a", "b", "ab"], [1], [1, 2], [0, 3, 6], [None], [["a"]]),
    *({}, {"a": 1}, {"a": "a"}, {"a": "b", "b": 2}, {"b": 0}, {"a": {"a": "a"}}),
]
"""What params may be."""

_NUMBERS = st.sampled_from([-2, 0, 1, 2, 2.5, 3, 4])
_SIZES = st.integers(0, 4)
_PATTERNS = st.sampled_from(["^a", "b$", "^[ab]*$", "1"])
_CHOICES = st.lists(st.sampled_from(["a", "b", "ab", 1, 2, True, None]), min_size=1, unique_by=str)
_TYPES = st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null"])


def _some(**keywords: st.SearchStrategy[Any]) -> st.SearchStrategy[Schema]:
    return st.fixed_dictionaries({}, optional=keywords)


_LEAVES = _some(
    type=_TYPES | st.lists(_TYPES, min_size=1, max_size=3, unique=True),
    enum=_CHOICES,
    const=st.sampled_from(["a", 1, True]),
    minimum=_NUMBERS,
    maximum=_NUMBERS,
    exclusiveMinimum=_NUMBERS,
    exclusiveMaximum=_NUMBERS,
    multipleOf=st.sampled_from([1, 2, 3, 0.5]),
    minLength=_SIZES,
    maxLength=_SIZES,
    pattern=_PATTERNS,
    minItems=_SIZES,
    maxItems=_SIZES,
    uniqueItems=st.booleans(),
    description=st.sampled_from(["one", "other"]),
)


def _larger(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    lists = _some(type=st.just("array"), items=inner, maxItems=_SIZES, contains=inner)
    tables = _some(
        type=st.just("object"),
        properties=st.dictionaries(st.sampled_from("ab"), inner, min_size=1),
        required=st.lists(st.sampled_from("ab"), unique=True),
        additionalProperties=st.booleans() | inner,
        patternProperties=st.dictionaries(st.just("^b"), inner),
        minProperties=st.integers(0, 2),
    )
    forms = st.lists(inner, min_size=1, max_size=3)
    several = st.fixed_dictionaries({"anyOf": forms}, optional={"description": st.just("one")})
    others = _some(oneOf=forms, allOf=forms, type=_TYPES) | st.builds(
        lambda one: {"not": one}, inner
    )
    return lists | tables | several | others


_REFERENCES = st.fixed_dictionaries(
    {"$ref": st.sampled_from(["#/$defs/one", "#/$defs/other"])}, optional={"minimum": _NUMBERS}
)
# Without references: jsonschema would follow those that lead to themselves for ever.
_PLAIN = st.recursive(_LEAVES, _larger, max_leaves=3)
DEFINITIONS = st.fixed_dictionaries({"one": _LEAVES, "other": _PLAIN})
SCHEMAS = st.recursive(_LEAVES | _REFERENCES, _larger, max_leaves=6)
"""Schemas of one param; they may refer to `DEFINITIONS`."""


_WRAPS: list[Callable[[Schema], Schema]] = [
    lambda one: one,
    lambda one: {"items": one},
    lambda one: {"properties": {"a": one}},
    lambda one: {"additionalProperties": one},
    lambda one: {"anyOf": [one, {"type": "null"}]},
]


@st.composite
def _alike(draw: st.DrawFn) -> tuple[Schema, Schema]:
    """Two schemas with one keyword between them, at one place."""
    keywords = sorted(draw(st.lists(_LEAVES, min_size=3, max_size=3)), key=len)
    more = dict(list(keywords[-1].items())[-1:])
    both = draw(st.sampled_from([{}, keywords[0]]))
    wrap = draw(st.sampled_from(_WRAPS))
    old, new = draw(st.permutations([wrap(both), wrap({**both, **more})]))
    return old, new


PAIRS = _alike() | st.tuples(SCHEMAS, SCHEMAS)
"""Two schemas of one param."""


@st.composite
def inputs(draw: st.DrawFn) -> Schema:
    """The schema of a tool's arguments."""
    params = draw(st.dictionaries(st.sampled_from(["p", "q"]), SCHEMAS, min_size=1))
    return {
        "type": "object",
        "properties": params,
        "required": draw(st.lists(st.sampled_from(sorted(params)), unique=True)),
        "additionalProperties": False,
        "$defs": draw(DEFINITIONS),
    }


def tool(schema: Schema, output: Schema | None = None) -> ListedTool:
    """A tool that takes this."""
    return ListedTool("tool", "What it does.", schema, output, {})


def between(old: ListedTool, new: ListedTool) -> list[Change]:
    """What changed from one tool to the other."""
    return compare(Listing("old", {"tool": old}), Listing("new", {"tool": new}))


def accepts(schema: Schema) -> Callable[[object], bool]:
    """Whether jsonschema takes a value."""
    validator = Draft202012Validator(schema)
    return lambda value: bool(validator.is_valid(value))
