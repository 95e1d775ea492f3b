"""Requests of a gen-mcp file, as commands of curl."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.curl import EFFECTS, LEAST_VERSION, Request
from handrail.scaffold.imports.shell_line import NotPlain
from handrail.scaffold.imports.wording import cleaned, listed, sentence, tool_name

_URL = re.compile(
    r"(?P<server>https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?)(?P<path>/[A-Za-z0-9._~%/{}-]*)?"
)
_SLOT = re.compile(r"\{([^{}]*)\}")
_ONLY_THERE = ("headers", "bodyRoot", "bodyAsArray")


def request(name: str, about: object, http: Mapping[str, Any], params: Mapping[str, Any]) -> Draft:
    """A draft of one request. Raises `NotPlain` for one that curl could not make as it was."""
    method, url = str(http.get("method", "GET")).lower(), _URL.fullmatch(str(http.get("url", "")))
    if method not in EFFECTS or method == "options":
        raise NotPlain(f'its method is "{cleaned(method, 20)}"')
    if url is None:
        raise NotPlain("its url is more than a server and a path with places")
    if extra := [key for key in _ONLY_THERE if key in http]:
        raise NotPlain(f"it has {listed(extra)}")
    made, path = Request(method, url["server"]), url["path"] or "/"
    made.path(path, params)
    rest = {one: param for one, param in params.items() if one not in _SLOT.findall(path)}
    _take_rest(made, rest)
    tool = {
        "name": tool_name(name),
        "description": sentence(cleaned(about, 1000)) or f"Requests {method.upper()} {path}.",
        **made.keys(),
    }
    return Draft(tool, {"curl": {"min_version": LEAST_VERSION}}, notes=tuple(made.notes))


def _take_rest(made: Request, rest: Mapping[str, Any]) -> None:
    """What is not in the path: the query where there is no body, and the body's members else."""
    if made.method in ("get", "head", "delete"):
        for name, param in rest.items():
            made.query(name, param)
    elif rest:
        members = ", ".join(
            f"{name} ({param['type']}{', required' if param.get('required') else ''})"
            for name, param in rest.items()
        )
        made.body("application/json", sentence(cleaned(f"The body: JSON with {members}", 600)))
        made.notes.append(f"What were params are members of `body` now: {listed(list(rest))}.")
