"""A request of an API as a command of curl, with values that cannot leave their place.

Templates do not percent-encode. In the path, values have only characters that need no encoding,
and no dot first: `..` would be another path. In the query curl encodes them itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from handrail.scaffold.imports.wording import distinct, literal, param_name
from handrail.spec.tool import Effect

LEAST_VERSION = "7.87"
"""Of curl: the first with `--url-query`."""
ONE_SEGMENT = "[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,199}"
"""What may stand in a path as it is, and stays one segment of it."""
ANY_TEXT = r"[^\x00-\x1f\x7f]{0,1000}"
"""What may stand in a query or a header."""
_SECONDS = 25
"""A little less than a call may take by default, so that curl says what happened."""
_SLOT = re.compile(r"\{([^{}]*)\}")
_READS = frozenset({"get", "head", "options"})
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")

EFFECTS = {
    **dict.fromkeys(_READS, Effect.READ),
    **dict.fromkeys(("post", "put", "patch"), Effect.WRITE),
    "delete": Effect.DESTRUCTIVE,
}
"""What each method does, at worst."""


@dataclass(slots=True)
class Request:
    """One request in the making: its args and params, and what could not be said."""

    method: str
    url: str
    """The server's part of the address."""
    args: list[Any] = field(default_factory=list)
    params: dict[str, dict[str, Any]] = field(default_factory=dict)
    stdin: str | None = None
    notes: list[str] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)

    def path(self, path: str, given: Mapping[str, dict[str, Any]]) -> None:
        """The rest of the address; `given` has the params in it by their own names."""
        parts = _SLOT.split(path)
        names = {one: self._segment(one, given.get(one, {})) for one in dict.fromkeys(parts[1::2])}
        text = self.url.rstrip("/") + "".join(
            literal(part) if index % 2 == 0 else f"{{{names[part]}}}"
            for index, part in enumerate(parts)
        )
        self.args += ["--url", text]

    def _segment(self, called: str, param: dict[str, Any]) -> str:
        kept = {key: param[key] for key in ("description",) if key in param}
        if param.get("type") in ("integer", "number"):
            kept |= {
                "min": 0,
                **{key: param[key] for key in ("type", "min", "max") if key in param},
            }
        elif choices := _segments(param.get("choices", [])):
            kept["choices"] = choices
        else:
            kept["pattern"] = ONE_SEGMENT
        return self._named(called, {**kept, "required": True})

    def query(self, called: str, param: dict[str, Any]) -> None:
        """A value after the `?`, which curl encodes."""
        self._option("--url-query", f"{_encoded(called)}=", called, param)

    def header(self, called: str, param: dict[str, Any]) -> None:
        """A header whose value is given."""
        if not _HEADER.fullmatch(called):
            self.notes.append("A header with an unusual name was left out.")
            return
        self._option("--header", f"{called}: ", called, {**param, "repeat": False})

    def field(self, called: str, param: dict[str, Any]) -> None:
        """A field of a form, which curl encodes."""
        self._option("--data-urlencode", f"{_encoded(called)}=", called, param)

    def body(self, kind: str, about: str) -> None:
        """A body of this media type, given as text."""
        name = self._named("body", {"multiline": True, "required": True, "description": about})
        self.args += ["--header", literal(f"Content-Type: {kind}"), "--data-binary", "@-"]
        self.stdin = f"{{{name}}}"

    def _option(self, option: str, before: str, called: str, param: dict[str, Any]) -> None:
        bounded = _bounded(param)
        name = self._named(called, bounded)
        words = [option, f"{literal(before)}{{{name}}}"]
        if bounded.get("repeat"):
            self.args.append({"each": name, "args": words})
        elif bounded.get("required") or "default" in bounded:
            self.args += words
        else:
            self.args.append(words)

    def _named(self, called: str, param: dict[str, Any]) -> str:
        name = distinct(param_name(called), self._taken)
        self.params[name] = {key: value for key, value in param.items() if value is not False}
        return name

    def keys(self) -> dict[str, Any]:
        """The keys of a tool that makes the request."""
        head = self.method == "head"
        told = ["--head"] if head else ["--request", self.method.upper()]
        quiet = ["--silent", "--show-error", "--fail-with-body", "--max-time", str(_SECONDS)]
        return {
            "program": "curl",
            "args": ["--proto", "=http,https", "-g", *quiet, *told, *self.args],
            "effect": str(EFFECTS[self.method]),
            "network": True,
            "writable": [],
            "params": self.params,
            **({"stdin": self.stdin} if self.stdin else {}),
            **({"idempotent": True} if self.method in ("put", "delete") else {}),
        }


def _segments(choices: list[Any]) -> list[Any]:
    fit = [one for one in choices if isinstance(one, str) and re.fullmatch(ONE_SEGMENT, one)]
    return fit if len(fit) == len(choices) else []


def _bounded(param: dict[str, Any]) -> dict[str, Any]:
    """The param, with a bound where it has none: curl would not mind, but its caller may."""
    if param.get("type", "string") != "string" or {"choices", "pattern"} & param.keys():
        return param
    longest = param.get("max_length", 1000)
    return {**param, "pattern": ANY_TEXT.replace("1000", str(min(longest, 1000)))}


def _encoded(name: str) -> str:
    """A name in a query as curl wants it: encoded, as only values are by curl."""
    safe = re.compile(r"[A-Za-z0-9._~-]")
    return "".join(
        one if safe.fullmatch(one) else "".join(f"%{byte:02X}" for byte in one.encode())
        for one in name
    )
