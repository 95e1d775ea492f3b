"""What a JSON schema says, with its references followed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

Schema = Mapping[str, Any]

NOTES = frozenset(
    [
        *("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"),
        *("$comment", "$schema", "$id", "$defs", "definitions"),
    ]
)
"""Keywords that refuse no value."""
NEVER: Schema = {"not": {}}
_MOST_HOPS = 16


def resolved(value: object, root: Schema) -> tuple[Schema, str]:
    """The schema that `value` stands for in `root`, and the last reference that led there.

    A reference into another document, or one beside other keywords, stays as it is.
    """
    last, schema = "", plain(value)
    for _ in range(_MOST_HOPS):
        said = schema.keys() - NOTES
        notes = {name: schema[name] for name in schema.keys() & NOTES}
        if said == {"$ref"} and isinstance(schema["$ref"], str):
            target = _target(schema["$ref"], root)
            if target is None:
                return schema, last
            last, schema = schema["$ref"], {**plain(target), **notes}
        elif said == {"allOf"} and isinstance(schema["allOf"], list) and len(schema["allOf"]) == 1:
            schema = {**plain(schema["allOf"][0]), **notes}
        else:
            break
    return schema, last


def plain(value: object) -> Schema:
    """A schema as a table: `true` takes everything, `false` nothing."""
    if isinstance(value, Mapping):
        return value
    return NEVER if value is False else {}


def forms(schema: Schema, root: Schema, hops: int = _MOST_HOPS) -> Iterator[Schema]:
    """The schemas of which a value must fit one."""
    choices = schema.get("anyOf")
    if not hops or schema.keys() - NOTES != {"anyOf"} or not isinstance(choices, list):
        yield schema
        return
    for one in choices:
        yield from forms(resolved(one, root)[0], root, hops - 1)


def same(one: object, other: object) -> bool:
    """Whether two values are the same JSON; 1 is 1.0, and is not true."""
    return one is other or canonical(one) == canonical(other)


def canonical(value: object) -> str:
    """One text for all ways to write a JSON value."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True, default=str)


def _target(reference: str, root: Schema) -> object | None:
    """What a reference into `root` names; None for another document, and for nothing there."""
    if reference != "#" and not reference.startswith("#/"):
        return None
    here: object = root
    for step in unquote(reference[1:]).split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(here, Mapping) or name not in here:
            return None
        here = here[name]
    return here
