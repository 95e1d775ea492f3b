"""What a raw value is, in the words that the file's author and the model know."""

from __future__ import annotations

_KINDS = (
    (bool, "a boolean"),
    (int, "an integer"),
    (float, "a decimal number"),
    (str, "a string"),
    (list | tuple, "a list"),
    (dict, "a table"),
)


def kind_of(value: object) -> str:
    """`"a string"`, `"an integer"`, … for a value as TOML, YAML or JSON gives it."""
    return next((words for kind, words in _KINDS if isinstance(value, kind)), "null")
