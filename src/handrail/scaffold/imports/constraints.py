"""Constraints in CEL, as far as a key of a param says the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from handrail.scaffold.imports.schema import whole_pattern

Keys = dict[str, Any]

_LONGEST = 500
_NOT_EMPTY = "(?s:.+)"
_NAME = r"(?P<param>[A-Za-z_]\w*)"
_TEXT = r"(?P<quote>['\"])(?P<text>(?:(?!(?P=quote))[^\\]|\\.)*)(?P=quote)"
_AND = re.compile(r"&&(?=(?:[^'\"]|'[^']*'|\"[^\"]*\")*$)")
_OR_EMPTY = re.compile(rf"{_NAME}\s*==\s*(?:''|\"\")\s*\|\|\s*(?P<rest>.+)", re.DOTALL)
_NO_SHELL = re.compile(
    r"!\s*\w+\.(?:contains\(['\"](?:[;&|<>`$!*?~\"]|\\\\|\\n)(?:[&|(])?['\"]\)"
    r"|matches\(['\"](?:\.\*)?\[[][;&|<>`$!*?~\"'\\(){} n]+\](?:\.\*)?['\"]\))"
)
"""What keeps a value from a shell: single characters that only a shell has a meaning for."""
_SIZE = re.compile(rf"{_NAME}\.size\(\)\s*(?P<sign><=?|>=?|!=)\s*(?P<number>\d{{1,6}})")
_MATCHES = re.compile(rf"{_NAME}\.matches\(\s*{_TEXT}\s*\)")
_NUMBER = re.compile(
    rf"(?:(?P<whole>int)\({_NAME}\)|(?P<param2>[A-Za-z_]\w*))\s*(?P<sign><=?|>=?)\s*"
    r"(?P<number>-?\d{1,15}(?:\.\d{1,6})?)"
)
_LISTED = re.compile(
    rf"\[(?P<list>[^\[\]]*)\]\.exists\(\s*(?P<each>\w+)\s*,\s*(?:(?P=each)\s*==\s*{_NAME}"
    r"|(?P<param2>[A-Za-z_]\w*)\s*==\s*(?P=each))\s*\)"
)
_IN = re.compile(rf"{_NAME}\s+in\s+\[(?P<list>[^\[\]]*)\]")
_ITEM = re.compile(r"\s*(['\"])(?P<text>[^'\"\\]+)\1\s*")


def applied(text: str, params: dict[str, Keys]) -> bool:
    """Put what a constraint says into the keys of its params; whether they say all of it now.

    What only keeps values from a shell is said by there being none.
    """
    if len(text) > _LONGEST:
        return False
    return all([_clause(clause.strip(), params) for clause in _AND.split(text)])


def _clause(text: str, params: dict[str, Keys]) -> bool:
    if _NO_SHELL.fullmatch(text):
        return True
    if optional := _OR_EMPTY.fullmatch(text):
        # A value that may be unset has no need of being empty.
        required = params.get(optional["param"], {}).get("required", False)
        return not required and _clause(optional["rest"].strip(), params)
    for form, keys_of in _FORMS:
        if found := form.fullmatch(text):
            named = found.groupdict()
            name = named.get("param") or named.get("param2") or ""
            return name in params and _join(params[name], keys_of(found))
    return False


def _join(param: Keys, keys: Keys | None) -> bool:
    """Add `keys` to a param that they mean something for, and that does not say another thing."""
    if keys is None:
        return False
    if keys.get("type") == "integer" and param.get("type") == "number":
        param["type"] = "integer"
    is_text = param.get("type", "string") == "string"
    if is_text == bool({"min", "max"} & keys.keys()):
        return False
    if keys.get("pattern") == _NOT_EMPTY and "pattern" in param:
        return True
    if any(param.get(key, value) not in (value, _NOT_EMPTY) for key, value in keys.items()):
        return False
    param |= keys
    return True


def _size(found: re.Match[str]) -> Keys | None:
    number, sign = int(found["number"]), found["sign"]
    if sign.startswith("<"):
        return {"max_length": max(number - (sign == "<"), 1)}
    is_some = (sign, number) in ((">", 0), (">=", 1), ("!=", 0))
    return {"pattern": _NOT_EMPTY} if is_some else None


def _matches(found: re.Match[str]) -> Keys | None:
    pattern = whole_pattern(found["text"].replace("\\\\", "\\"))
    return None if pattern is None else {"pattern": pattern}


def _number(found: re.Match[str]) -> Keys | None:
    number, sign, is_whole = float(found["number"]), found["sign"], found["whole"] is not None
    # Between two fractions there is always another.
    if not number.is_integer() or (sign in ("<", ">") and not is_whole):
        return None
    key = "min" if sign.startswith(">") else "max"
    bound = int(number) + {">": 1, "<": -1}.get(sign, 0)
    return {key: bound, **({"type": "integer"} if is_whole else {})}


def _choices(found: re.Match[str]) -> Keys | None:
    items = [_ITEM.fullmatch(item) for item in found["list"].split(",")]
    values = [item["text"] for item in items if item is not None]
    return {"choices": values} if values and len(values) == len(items) else None


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Keys | None]], ...] = (
    (_SIZE, _size),
    (_MATCHES, _matches),
    (_NUMBER, _number),
    (_LISTED, _choices),
    (_IN, _choices),
)
