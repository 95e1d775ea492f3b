"""Keys of the format that this version does not serve: refused by name, never ignored."""

from __future__ import annotations

from handrail.diagnostic import Key

_TABLES = ("tasks", "state", "databases", "apis")
_ARRAYS = ("resource", "prompt")
OTHER_KINDS = ("sql", "http", "python")
"""Keys that make a tool of a kind that is not served yet."""

_TOP = {
    **{name: f'"[{name}]"' for name in _TABLES},
    **{name: f'"[[{name}]]"' for name in _ARRAYS},
}
_TOOL = (*OTHER_KINDS, "background")


def reserved(at: tuple[Key, ...]) -> str | None:
    """How to call the key at `at`, when it is one that a later version will serve."""
    match at:
        case (str(key),):
            return _TOP.get(key)
        case ("tool", int(), str(key)) if key in _TOOL:
            return f'"{key}" of a tool'
        case _:
            return None
