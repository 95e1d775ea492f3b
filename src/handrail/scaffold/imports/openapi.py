"""Operations of an OpenAPI document (3.0, 3.1) as commands of curl.

A kind of tool that makes requests itself is not served yet, so curl makes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handrail.diagnostic import Finding
from handrail.errors import SpecError
from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.credentials import credentials
from handrail.scaffold.imports.curl import EFFECTS, LEAST_VERSION, Request
from handrail.scaffold.imports.files import chosen, document
from handrail.scaffold.imports.found import Found, wanted
from handrail.scaffold.imports.references import References
from handrail.scaffold.imports.schema import kind_of, param_of
from handrail.scaffold.imports.wording import cleaned, sentence, tool_name
from handrail.spec.document import Document

_SERVER = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~%/-]*)?")
_PATH = re.compile(r"/[A-Za-z0-9._~%!$&'()*+,;=:@/{}-]*")
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json(?:\s*;.*)?")
_FORM = "application/x-www-form-urlencoded"
_OWN_HEADERS = frozenset({"accept", "authorization", "content-type"})
"""Headers that the document describes elsewhere."""


@dataclass(frozen=True, slots=True)
class _Operation:
    """One method of one path."""

    method: str
    path: str
    said: Mapping[str, Any]
    shared: Sequence[Any]
    """The params of all methods of the path."""

    @property
    def name(self) -> str:
        """What the document calls it, or its method and path."""
        called = self.said.get("operationId")
        return called if isinstance(called, str) and called else self.place

    @property
    def place(self) -> str:
        """Its method and path, which nothing else has."""
        return f"{self.method} {self.path}"


def drafts(where: str, only: Sequence[str]) -> Found:
    """Drafts for the operations of the document at `where`: all, or `only` those of these names.

    Raises `SpecError` for a document that is none, or that names no server.
    """
    file = chosen(where, "openapi.yaml", "openapi.yml", "openapi.json")
    read = document(file)
    _check_version(read)
    found = References(read.data)
    server = _server(read, found)
    operations: dict[str, _Operation] = {}
    for one in _operations(read.data, found):
        operations[one.name if one.name not in operations else one.place] = one
    named, notes = wanted(operations, only, "operation")
    drafts = tuple(_Drafting(one, server, found).draft() for one in named.values())
    plain = ["http:// sends what is asked and answered in the open."]
    notes += plain if server.startswith("http:") else []
    return Found(drafts, (*notes, *found.notes))


def _check_version(read: Document) -> None:
    version = read.data.get("openapi")
    if not (isinstance(version, str) and version.startswith("3.")):
        message = "openapi: only versions 3.0 and 3.1 are read"
        hint = "Is it Swagger 2? Convert it first." if "swagger" in read.data else None
        raise SpecError(read.locate([Finding(("openapi",), "E102", message, hint)]))


def _server(read: Document, found: References) -> str:
    """The address of the first server, with the defaults of its variables."""
    servers = read.data.get("servers")
    first = found.table(servers[0]) if isinstance(servers, list) and servers else {}
    variables = found.table(first.get("variables"))

    def default(slot: re.Match[str]) -> str:
        return str(found.table(variables.get(slot[1])).get("default", ""))

    url = _VARIABLE.sub(default, str(first.get("url", "")))
    if not _SERVER.fullmatch(url):
        message = "servers: the first one has no address like https://api.example.com/v1"
        hint = "Write the whole one there; a file does not say where it came from."
        raise SpecError(read.locate([Finding(("servers", 0, "url"), "E102", message, hint)]))
    return url


def _operations(data: Mapping[str, Any], found: References) -> Iterator[_Operation]:
    for path, item in found.table(data.get("paths")).items():
        entry = found.table(item)
        shared = entry.get("parameters")
        for method in EFFECTS:
            if method in entry and method != "options":
                said = found.table(entry[method])
                yield _Operation(method, path, said, shared if isinstance(shared, list) else [])


class _Drafting:
    """One operation in the making."""

    def __init__(self, operation: _Operation, server: str, found: References) -> None:
        self._operation, self._found = operation, found
        self._request = Request(operation.method, server)
        self._notes = self._request.notes

    def draft(self) -> Draft:
        """The whole draft."""
        operation, said = self._operation, self._operation.said
        params = list(self._params())
        path = operation.path if _PATH.fullmatch(operation.path) else "/"
        if path != operation.path:
            self._notes.append("Its path has characters that no address has; it must be written.")
        self._request.path(path, {name: p for name, place, p in params if place == "path"})
        for name, place, param in params:
            self._take(name, place, param)
        self._body(self._found.table(said.get("requestBody")))
        self._notes += credentials(self._found, said)
        about = cleaned(said.get("summary") or said.get("description"))
        shown = cleaned(f"{operation.method.upper()} {operation.path}", 100)
        tool = {
            "name": tool_name(operation.name),
            "description": f"{sentence(about)} Requests {shown}.".strip(),
            **self._request.keys(),
            **({"parse": "json"} if self._answers_json() else {}),
        }
        return Draft(tool, {"curl": {"min_version": LEAST_VERSION}}, notes=tuple(self._notes))

    def _params(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """The params by name and place; an operation's own replace those of its path."""
        own = self._operation.said.get("parameters")
        listed = [*self._operation.shared, *(own if isinstance(own, list) else [])]
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for one in map(self._found.table, listed):
            found[str(one.get("name", "")), str(one.get("in", ""))] = one
        for (name, place), one in found.items():
            if name:
                param = param_of(self._schema(one.get("schema")), one.get("description"))
                required = one.get("required") is True and "default" not in param
                yield name, place, {**param, "required": required}

    def _schema(self, value: object) -> dict[str, Any]:
        schema = self._found.table(value)
        if "items" in schema:
            return {**schema, "items": self._found.table(schema["items"])}
        return schema

    def _take(self, name: str, place: str, param: dict[str, Any]) -> None:
        if place == "query":
            self._request.query(name, param)
        elif place == "header" and name.lower() not in _OWN_HEADERS:
            self._request.header(name, param)
        elif place == "cookie":
            self._notes.append(f'The cookie "{cleaned(name, 40)}" was left out.')

    def _body(self, said: Mapping[str, Any]) -> None:
        content = self._found.table(said.get("content"))
        if not content:
            return
        kind = next((one for one in content if _JSON.fullmatch(one)), None)
        if kind is None and _FORM in content:
            self._form(self._schema(self._found.table(content[_FORM]).get("schema")))
        elif kind is not None:
            schema = self._schema(self._found.table(content[kind]).get("schema"))
            self._request.body(kind, self._told(schema))
            if said.get("required") is not True:
                self._notes.append("It can be asked without a body, too; here it is required.")
        else:
            kinds = ", ".join(cleaned(one, 40) for one in list(content)[:3])
            self._notes.append(f"Its body ({kinds}) was left out: only JSON and forms are known.")

    def _form(self, schema: Mapping[str, Any]) -> None:
        needed = schema.get("required")
        for name, inner in self._found.table(schema.get("properties")).items():
            param = param_of(self._schema(inner))
            required = isinstance(needed, list) and name in needed and "default" not in param
            self._request.field(name, {**param, "required": required})

    def _told(self, schema: Mapping[str, Any]) -> str:
        """The members of a JSON body in one line."""
        needed = schema.get("required")
        names = [
            f"{name} ({kind_of(self._found.table(one)) or 'any'}"
            f"{', required' if isinstance(needed, list) and name in needed else ''})"
            for name, one in self._found.table(schema.get("properties")).items()
        ]
        members = f" with {', '.join(names)}" if names else ""
        return sentence(cleaned(f"The body: JSON{members}", 600))

    def _answers_json(self) -> bool:
        """Whether an answer that means success is JSON, and none is empty."""
        answers = self._found.table(self._operation.said.get("responses")).items()
        good = [self._found.table(one) for code, one in answers if code.startswith("2")]
        kinds = [list(self._found.table(one.get("content"))) for one in good]
        return bool(kinds) and all(any(map(_JSON.fullmatch, each)) for each in kinds)
