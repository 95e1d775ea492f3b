"""Which tables of a server file have names in Python, and where they are in others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handrail.scaffold.eject.python_text import Table

_INSIDE: dict[str, dict[str, str]] = {
    "Command": {
        "args": "[Argument]",
        "params": "{Param}",
        "example": "[Example]",
        "env": "{Secret}",
        "pages": "Pages",
    },
    "Free": {"example": "[Example]", "env": "{Secret}"},
    "Files": {"example": "[Example]", "env": "{Secret}"},
    "Example": {"expect": "Expect"},
    "When": {"args": "[Argument]"},
    "Unless": {"args": "[Argument]"},
    "Each": {"args": "[Argument]"},
    "Auth": {"jwt": "Jwt", "introspection": "Introspection", "oidc": "Oidc", "proxy": "Proxy"},
    "Access": {"roles": "{Role}", "limits": "Budget", "total": "Budget"},
    "Role": {"limits": "Budget"},
    "Http": {"tls": "Tls"},
    "Rule": {"argv": "[Pattern]", "has": "[Pattern]", "params": "{Pattern}"},
}
"""What each key of a table holds: a table, a list of them (`[…]`), or some by name (`{…}`)."""
_CONDITIONS = {"when": "When", "unless": "Unless", "each": "Each"}


def shaped(value: object, kind: str) -> object:
    """`value` with its tables as those of `kind`; what is no table stays as it is."""
    match value:
        case Mapping() if kind.startswith("{"):
            return {str(key): shaped(one, kind[1:-1]) for key, one in value.items()}
        case Mapping() if kind:
            return _table(value, _kind(value, kind))
        case list() if kind:
            return [shaped(item, kind.strip("[]")) for item in value]
        case _:
            return value


def _kind(value: Mapping[str, object], kind: str) -> str:
    """The kind of a table; arguments are told by the key that they begin with."""
    if kind != "Argument":
        return kind
    return next(name for key, name in _CONDITIONS.items() if key in value)


def names_in(value: object) -> set[str]:
    """The names of all tables in `value`."""
    match value:
        case Table(name, entries):
            return {name}.union(*map(names_in, entries.values()))
        case Mapping():
            return set[str]().union(*map(names_in, value.values()))
        case str():
            return set()
        case Sequence():
            return set[str]().union(*map(names_in, value))
        case _:
            return set()


def _table(value: Mapping[str, object], kind: str) -> Table:
    inside = _INSIDE.get(kind, {})
    return Table(kind, {key: shaped(one, inside.get(key, "")) for key, one in value.items()})
