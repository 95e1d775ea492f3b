"""Who the claims of a token speak of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handrail.policy.caller import Caller
from handrail.spec.auth import TokenTable

_LONGEST_NAME = 256


def caller_in(claims: Mapping[str, Any], table: TokenTable, source: str) -> Caller:
    """The caller `SOURCE:NAME`, for two sources may have the same names.

    Raises `ValueError` when the claims name nobody, or in a way that no line of a log can bear.
    """
    name = _at(claims, table.caller)
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise ValueError(f"`{table.caller}` names nobody")
    return Caller(f"{source}:{name}", _roles(_at(claims, table.roles)))


def _at(claims: object, path: str) -> object:
    """What is there: under the whole path as one name, for names may have dots, or by its parts."""
    if not isinstance(claims, Mapping):
        return None
    if path in claims:
        return claims[path]
    name, dot, rest = path.partition(".")
    return _at(claims.get(name), rest) if dot else None


def _roles(found: object) -> frozenset[str]:
    """A list, or one text with spaces between (as `scope` has it, RFC 8693)."""
    match found:
        case str():
            return frozenset(found.split())
        case list():
            return frozenset(each for each in found if isinstance(each, str))
        case _:
            return frozenset()
