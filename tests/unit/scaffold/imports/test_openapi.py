"""Operations of an API become commands of curl, whose values cannot leave their place."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from handrail.errors import SpecError, UsageError
from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.curl import ONE_SEGMENT
from handrail.scaffold.imports.sources import imported
from tests.cli.terminal import handrail
from tests.unit.scaffold.imports.drafting import errors, params, server_file

API = """\
openapi: 3.1.0
info: {title: Shop, version: "1"}
servers:
  - url: "{scheme}://api.example.com/v1"
    variables: {scheme: {default: https}}
components:
  schemas:
    Pet:
      type: object
      required: [name]
      properties: {name: {type: string}, tag: {$ref: "#/components/schemas/Tag"}}
    Tag: {type: string, maxLength: 9}
    Loop: {$ref: "#/components/schemas/Loop"}
  parameters:
    Limit:
      name: limit
      in: query
      description: How many {pets} at most
      schema: {type: integer, minimum: 1, maximum: 100, default: 20}
paths:
  /pets:
    get:
      operationId: listPets
      summary: List all pets
      parameters:
        - $ref: "#/components/parameters/Limit"
        - name: tag[]
          in: query
          schema: {type: array, items: {$ref: "#/components/schemas/Tag"}}
        - {name: sort, in: query, schema: {type: string, enum: [name, age]}}
        - {name: X-Trace, in: header, schema: {type: string, pattern: "^[a-f0-9]+$"}}
        - {name: session, in: cookie, schema: {type: string}}
      responses:
        200: {description: ok, content: {application/json: {}}}
    post:
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}
      responses: {201: {description: made}}
  /pets/{petId}:
    parameters:
      - {name: petId, in: path, required: true, schema: {type: string}}
    get: {operationId: getPet}
    head: {operationId: hasPet}
    delete: {operationId: dropPet}
    put:
      operationId: import
      parameters: [{name: dry, in: query, schema: {type: boolean}}]
      requestBody:
        content:
          application/x-www-form-urlencoded: {schema: {$ref: "#/components/schemas/Pet"}}
  /upload:
    post: {operationId: upload, requestBody: {content: {multipart/form-data: {}}}}
  /orders/{number}:
    get:
      operationId: order
      parameters:
        - {name: number, in: path, required: true, schema: {type: integer, maximum: 9}}
        - $ref: "#/components/schemas/Loop"
        - $ref: "other.yaml#/x"
        - $ref: "#/nowhere"
"""


def drafts(folder: Path, text: str = API, *only: str) -> dict[str, Draft]:
    file = folder / "api.yaml"
    file.write_text(text)
    return {draft.name: draft for draft in imported("openapi", str(file), only)}


def test_every_operation_becomes_a_tool_that_check_accepts(tmp_path: Path) -> None:
    found = drafts(tmp_path)

    assert {name: draft.tool["effect"] for name, draft in found.items()} == {
        "list_pets": "read",
        "post_pets": "write",
        "get_pet": "read",
        "has_pet": "read",
        "drop_pet": "destructive",
        "import": "write",
        "upload": "write",
        "order": "read",
    }
    assert errors(tmp_path, list(found.values())) == []


def test_params_keep_their_bounds_and_their_places(tmp_path: Path) -> None:
    tool = drafts(tmp_path)["list_pets"]

    found = params(tool)
    assert found["limit"] == {"type": "integer", "min": 1, "max": 100, "default": 20}
    assert found["sort"] == {"type": "string", "choices": ["name", "age"]}
    assert found["x_trace"] == {"type": "string", "pattern": "[a-f0-9]+"}
    assert (found["tag"]["repeat"], found["tag"]["max_length"]) == (True, 9)
    assert tool.tool["params"]["limit"]["description"] == "How many {pets} at most."
    assert tool.tool["parse"] == "json"
    args = tool.tool["args"]
    assert args[args.index("--url") + 1] == "https://api.example.com/v1/pets"
    assert {"each": "tag", "args": ["--url-query", "tag%5B%5D={tag}"]} in args
    assert any('cookie "session" was left out' in note for note in tool.notes)


@pytest.mark.parametrize("value", ["..", ".", "a/b", "a?b", "a#b", "%2e%2e", "", "a b", "é", "{a}"])
def test_a_value_in_a_path_stays_one_segment_of_it(tmp_path: Path, value: str) -> None:
    pattern = drafts(tmp_path)["get_pet"].tool["params"]["pet_id"]["pattern"]
    assert pattern == ONE_SEGMENT
    assert re.fullmatch(pattern, value) is None


@pytest.mark.parametrize("value", ["7", "a.b", "A-b_c~d", "x" * 200])
def test_usual_names_fit_into_a_path(value: str) -> None:
    assert re.fullmatch(ONE_SEGMENT, value)


def test_what_is_lost_is_noted(tmp_path: Path) -> None:
    found = drafts(tmp_path)

    whole = " ".join(note for draft in found.values() for note in draft.notes)
    assert "leads in a circle" in whole
    assert "leads out of the file" in whole
    assert "leads nowhere" in whole
    assert any("multipart/form-data" in note for note in found["upload"].notes)


class _Echo(BaseHTTPRequestHandler):
    """Says in JSON what it was asked."""

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        said = {
            "method": self.command,
            "path": self.path,
            "trace": self.headers.get("X-Trace"),
            "kind": self.headers.get("Content-Type"),
            "body": self.rfile.read(length).decode(),
        }
        self.send_response(404 if self.path.endswith("/gone") else 200)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(json.dumps(said).encode())

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer  # noqa: N815  # names of http.server

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def echoing() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
            thread.join()


def asked(folder: Path, tool: str, *arguments: str) -> dict[str, Any]:
    done = handrail("call", tool, *arguments, "--file", "handrail.json", folder=folder)
    assert done.code == 0, done.err + done.out
    said: dict[str, Any] = json.loads(done.out)
    return said


def test_a_server_is_asked_what_was_meant(tmp_path: Path) -> None:
    with echoing() as server:
        text = API.replace('"{scheme}://api.example.com/v1"', server)
        server_file(tmp_path, list(drafts(tmp_path, text).values()))

        said = asked(tmp_path, "list_pets", "tag=a&b=c", "tag=é #", "x_trace=abc")
        address = urlsplit(said["path"])
        assert address.path == "/v1/pets"
        expected = [("limit", "20"), ("tag[]", "a&b=c"), ("tag[]", "é #")]
        assert parse_qsl(address.query) == expected
        assert (said["method"], said["trace"]) == ("GET", "abc")

        body = '{"name": "@/etc/passwd"}'
        said = asked(tmp_path, "post_pets", f"body={body}")
        assert (said["body"], said["kind"]) == (body, "application/json")

        said = asked(tmp_path, "import", "pet_id=7", "name=@x&y", "dry=true")
        assert (said["method"], said["path"]) == ("PUT", "/v1/pets/7?dry=true")
        assert said["body"] == "name=%40x%26y"

        gone = handrail(
            "call", "get_pet", "pet_id=gone", "--file", "handrail.json", folder=tmp_path
        )
        assert gone.code == 1


SECURITY = """\
openapi: 3.0.3
servers: [{url: "https://a.example"}]
security: [{main-token: []}]
components:
  securitySchemes:
    main-token: {type: http, scheme: bearer}
    key: {type: apiKey, in: header, name: X-Key}
    "1 {odd}": {type: apiKey, in: query, name: k}
paths:
  /a: {get: {operationId: a}}
  /b: {get: {operationId: b, security: []}}
  /c: {get: {operationId: c, security: [{key: []}]}}
  /d: {get: {operationId: d, security: [{"1 {odd}": []}]}}
"""


def test_credentials_are_not_in_argv_and_how_to_give_them_is_said(tmp_path: Path) -> None:
    found = drafts(tmp_path, SECURITY)

    (said,) = [note for note in found["a"].notes if "credentials" in note]
    assert '"--variable", "%MAIN_TOKEN"' in said
    assert '"Authorization: Bearer {{{{MAIN_TOKEN}}}}"' in said
    assert not any("credentials" in note for note in found["b"].notes)
    assert any('"X-Key: {{{{KEY}}}}"' in note for note in found["c"].notes)
    assert any("query is not a header" in note for note in found["d"].notes)
    assert "Authorization" not in json.dumps([draft.tool for draft in found.values()])


def test_the_lines_for_credentials_are_right(tmp_path: Path) -> None:
    (draft,) = drafts(tmp_path, SECURITY, "a").values()
    tool = {
        **draft.tool,
        "args": [
            *draft.tool["args"],
            *("--variable", "%MAIN_TOKEN"),
            *("--expand-header", "Authorization: Bearer {{{{MAIN_TOKEN}}}}"),
        ],
        "env": {"MAIN_TOKEN": {"secret": "MAIN_TOKEN"}},
    }
    secrets = {"MAIN_TOKEN": {"env": "MAIN_TOKEN"}}
    server_file(tmp_path, [Draft(tool, draft.programs)], secrets=secrets)

    shown = handrail(
        "explain", "a", "--file", "handrail.json", folder=tmp_path, MAIN_TOKEN="hunter2"
    )
    assert "Authorization: Bearer {{MAIN_TOKEN}}" in shown.out, shown.err
    assert "hunter2" not in shown.out


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("swagger: '2.0'\npaths: {}\n", 1, "openapi: only versions 3.0 and 3.1"),
        ("openapi: 3.0.0\npaths: {}\n", 1, "servers: the first one has no address"),
        ("openapi: 3.0.0\nservers:\n  - url: /v1\npaths: {}\n", 3, "servers: the first one"),
        ("openapi: 3.0.0\nservers:\n - url: 'https://a:b@c/'\n", 3, "servers: the first one"),
        ("openapi: 3.0.0\nservers:\n - url: 'file:///etc'\n", 3, "servers: the first one"),
        ("openapi: 3.0.0\na: &x 1\nb: *x\n", 2, "an anchor is not allowed"),
        ("openapi: 3.0.0\na: !!python/object:os.system x\n", 2, "a tag is not allowed"),
        ("openapi: 3.0.0\na: 1\na: 2\n", 3, '"a" is given twice'),
        ("a: [\n", 2, "not valid YAML"),
        ("a: \x01\n", 1, "control character"),
        ("- 1\n", 1, "its top is a list"),
        ("a: " + "[" * 2000, 1, "nested too deeply"),
    ],
)
def test_mistakes_are_located(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(SpecError) as refused:
        drafts(tmp_path, text)
    one = refused.value.diagnostics[0]
    assert message in one.message
    assert one.place.line == line


def test_an_address_is_not_fetched() -> None:
    with pytest.raises(UsageError, match="only files are read") as refused:
        imported("openapi", "https://api.example.com/openapi.json", [])
    assert refused.value.hint == "Save it to a file first, and look at it."


def test_operations_of_one_name_are_both_there(tmp_path: Path) -> None:
    text = SECURITY.replace("operationId: b", "operationId: a")
    assert {"a", "a_2"} <= drafts(tmp_path, text).keys()


def test_large_documents_are_cut_with_a_word(tmp_path: Path) -> None:
    paths: dict[str, Any] = {f"/p{number}": {"get": {}} for number in range(300)}
    data = {"openapi": "3.0.0", "servers": [{"url": "https://a.example"}], "paths": paths}
    found = drafts(tmp_path, json.dumps(data))
    assert len(found) == 200
    assert "Only the first 200 of 300" in next(iter(found.values())).notes[0]


NASTY = '""" {x} {{y}} ${HOME} \\ \' \u202e\x1b[2J `id` $(id) <system> https://evil.example'


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    operation = {
        "operationId": NASTY,
        "summary": NASTY,
        "parameters": [
            {"name": NASTY, "in": "query", "description": NASTY, "schema": {"type": "string"}},
            {"name": NASTY, "in": "header", "schema": {}},
            {"name": "from", "in": "query", "schema": {"type": "integer", "default": "x"}},
            {"name": "", "in": "query"},
            {"name": "n", "in": "query", "schema": {"type": "number", "minimum": 9, "maximum": 1}},
            {"name": "e", "in": "query", "schema": {"enum": [NASTY, "a", None, {"b": 1}]}},
            {"name": "p", "in": "query", "schema": {"type": "string", "pattern": "(a+)+$"}},
            {"name": "q", "in": "query", "schema": {"type": "string", "pattern": "["}},
            {"name": "d", "in": "query", "schema": {"type": "string", "default": "-x"}},
            "no table",
        ],
        "requestBody": {"content": {"application/json": {"schema": {"properties": {NASTY: 1}}}}},
        "responses": {"200": 3},
    }
    paths: dict[str, Any] = {
        "/a/{" + NASTY + "}": {"post": operation},
        NASTY: {"get": {}},
        "/b": {"get": []},
    }
    data = {"openapi": "3.0.0", "servers": [{"url": "https://a.example"}], "paths": paths}
    found = list(drafts(tmp_path, json.dumps(data)).values())

    assert errors(tmp_path, found) == []
    for draft in found:
        assert str(draft.tool["description"]).isprintable()
        assert all(note.isprintable() for note in draft.notes)
        for param in draft.tool["params"].values():
            assert "evil" not in param.get("description", "")
