"""Tools of runtimes that use a shell: plain commands are taken over, all others are named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from handrail.errors import SpecError, UsageError
from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.constraints import applied
from handrail.scaffold.imports.shell_line import NotPlain, words_of
from handrail.scaffold.imports.sources import imported
from tests.cli.terminal import handrail
from tests.unit.scaffold.imports.drafting import errors, params, server_file


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("ls -la", ["ls", "-la"]),
        ("  ls \\\n   'a b' \"c d\" e\\ f \n", ["ls", "a b", "c d", "e f"]),
        ("# first\ngrep 'x|y; $(z)' \"a\\\"b\" ''", ["grep", "x|y; $(z)", 'a"b', ""]),
        ("find . -name '*.py'", ["find", ".", "-name", "*.py"]),
        ("git log --format=%h~1#2", ["git", "log", "--format=%h~1#2"]),
    ],
)
def test_a_plain_command_is_read_as_a_shell_would(command: str, words: list[str]) -> None:
    assert words_of(command) == words


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("ls | wc", "pipe"),
        ("ls > x", "redirects its output"),
        ("sort < x", "redirects its input"),
        ("a; b", "more than one"),
        ("a && b", "more than one"),
        ("a\nb", "more than one"),
        ("sleep 1 &", "beside"),
        ("echo $HOME", "variables"),
        ('echo "$HOME"', "variables"),
        ('echo "`id`"', "variables"),
        ("echo `id`", "output of a command"),
        ("ls *.py", "names of files"),
        ("ls [ab]", "names of files"),
        ("cat ~/x", "home"),
        ("cp {a,b}", "braces"),
        ("(id)", "subshell"),
        ("X=1 id", "sets variables"),
        ("cd /tmp", "only a shell knows"),
        ("if x", "only a shell knows"),
        ("! id", "only a shell knows"),
        ("bash -c id", "starts another program"),
        ("/bin/sh x", "starts another program"),
        ("sudo id", "starts another program"),
        ("env id", "starts another program"),
        ("xargs rm", "starts another program"),
        ("echo 'x", "not closed"),
        ("echo x \\", "backslash"),
        ("", "empty"),
        ("# nothing", "empty"),
        ("ls # all", "comment"),
        ("for x in *.py; do id $x; done", '"for" is a word'),
        ("N=$(id)\nls", "sets variables"),
    ],
)
def test_what_needs_a_shell_is_refused_with_the_reason(command: str, reason: str) -> None:
    with pytest.raises(NotPlain) as refused:
        words_of(command)
    assert reason in str(refused.value)


def mcpshell(folder: Path, *tools: dict[str, Any]) -> dict[str, Draft]:
    file = folder / "tools.yaml"
    file.write_text(json.dumps({"mcp": {"run": {"shell": "bash"}, "tools": tools}}))
    return {draft.name: draft for draft in imported("mcpshell", str(file), [])}


def shell_tool(command: str, name: str = "tool", **keys: Any) -> dict[str, Any]:
    run = {"command": command, **keys.pop("run", {})}
    return {"name": name, "description": "Do one thing", "run": run, **keys}


def test_a_tool_of_mcpshell_is_translated(tmp_path: Path) -> None:
    text = {"type": "string"}
    tool = shell_tool(
        'grep --max-count={{ .most }} --label "{{ .label }}" "{{.words}}" {{ .file }}',
        params={
            "most": {"type": "number", "default": 5},
            "label": text,
            "words": {**text, "required": True, "description": "What for"},
            "file": {**text, "required": True},
            "spare": text,
        },
        constraints=[
            "int(most) > 0 && int(most) <= 9",
            "file.startsWith('/')",
            "!file.contains(';')",
        ],
        run={"timeout": "20s", "env": ["HOME", "LC_ALL=C"]},
        output={"prefix": "Found:"},
    )
    draft = mcpshell(tmp_path, tool)["tool"]

    assert draft.tool["args"] == [
        "--max-count={most}",
        ["--label", "{label}"],
        "{words}",
        "{file}",
    ]
    found = params(draft)
    assert found["most"] == {"type": "integer", "default": 5, "min": 1, "max": 9}
    assert found["file"] == {"type": "path", "required": True}  # by grep's profile
    assert (draft.tool["timeout"], draft.tool["env"]) == ("20s", {"LC_ALL": "C"})
    notes = " ".join(draft.notes)
    for words in ("constraint was lost: file.startsWith", "HOME", "prefix", "left out: spare"):
        assert words in notes
    assert errors(tmp_path, [draft]) == []


def test_what_a_value_could_do_to_a_shell_it_cannot_do_here(tmp_path: Path) -> None:
    tool = shell_tool("echo {{ .text }}", params={"text": {"required": True}})
    server_file(tmp_path, list(mcpshell(tmp_path, tool).values()))

    done = handrail(
        "call", "tool", "text=$(id); touch x | `y` '\"", "--file", "handrail.json", folder=tmp_path
    )
    assert done.out == "$(id); touch x | `y` '\"\n"
    assert not (tmp_path / "x").exists()


def test_tools_that_need_a_shell_are_named_with_the_reason(tmp_path: Path) -> None:
    found = mcpshell(
        tmp_path,
        shell_tool("ls", "good"),
        shell_tool("ls | wc -l", "piped"),
        shell_tool("{{ if .a }}ls{{ end }}", "conditional", params={"a": {}}),
        shell_tool("ls {{ .a | upper }}", "computed", params={"a": {}}),
        shell_tool("{{ .a }} -x", "chosen", params={"a": {"required": True}}),
        shell_tool("ls {{ .nobody }}", "unknown"),
        shell_tool("awk '{{ .code }}' x", "awk", params={"code": {"required": True}}),
        {"name": "empty"},
    )
    assert list(found) == ["good"]
    notes = "\n".join(found["good"].notes)
    for words in (
        '"piped" was not translated: it has a pipe.',
        '"conditional" was not translated: its template computes something',
        '"computed" was not translated: its template computes something',
        '"chosen" was not translated: its caller chooses the program.',
        '"unknown" was not translated: it uses "nobody", which is no param.',
        '"awk" was left out: params.code: it is code, which awk runs.',
        '"empty" was not translated: it is empty.',
    ):
        assert words in notes


def test_when_nothing_can_be_translated_the_reasons_are_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        mcpshell(tmp_path, shell_tool("ls | wc", "piped"))
    assert "it has a pipe" in str(refused.value.hint)


@pytest.mark.parametrize(
    ("constraint", "keys"),
    [
        ("x.size() <= 50", {"max_length": 50}),
        ("x.size() < 50", {"max_length": 49}),
        ("x.size() > 0 && x.size() <= 9", {"pattern": "(?s:.+)", "max_length": 9}),
        ("x.matches('^[a-z]+$')", {"pattern": "[a-z]+"}),
        ("x.matches('^(a|b)$')", {"pattern": "(a|b)"}),
        ("x.matches('^/srv/')", {"pattern": "/srv/(?s:.*)"}),
        ("['a', 'b'].exists(s, s == x)", {"choices": ["a", "b"]}),
        ("x in ['a', \"b\"]", {"choices": ["a", "b"]}),
        ("x == '' || x.size() <= 5", {"max_length": 5}),
        ("!x.contains(';')", {}),
        ("!x.matches('.*[;&|`$].*')", {}),
        ("n >= 1.0", {"min": 1, "type": "number"}),
        ("int(n) < 5", {"max": 4, "type": "integer"}),
    ],
)
def test_a_constraint_becomes_a_bound(constraint: str, keys: dict[str, Any]) -> None:
    found: dict[str, dict[str, Any]] = {"x": {}, "n": {"type": "number"}}
    assert applied(constraint, found)
    assert {**found["x"], **({} if found["n"] == {"type": "number"} else found["n"])} == keys


@pytest.mark.parametrize(
    "constraint",
    [
        "x.startsWith('/')",
        "!x.contains('..')",
        "!x.matches('[a-z;]')",
        "x.size() > 3",
        "x.matches('(a+)+$')",
        "x.matches('^a|b$')",
        "n > 0.0",
        "n < 1.5",
        "n % 2 == 0",
        "x == 'a' || x == 'b'",
        "y.size() < 5",
        "n.size() < 5",
        "int(x) < 5",
        "x in []",
        "['a', y].exists(s, s == x)",
        "a" * 100_000,
        "'" * 400 + "&&" * 50,
    ],
    ids=range(17),
)
def test_a_constraint_that_no_bound_says_is_lost_with_a_word(constraint: str) -> None:
    assert not applied(constraint, {"x": {}, "n": {"type": "number"}})


def test_two_patterns_for_one_param_are_not_made_one() -> None:
    found: dict[str, dict[str, Any]] = {"x": {"pattern": "[a-z]+"}}
    assert not applied("x.matches('^[0-9]+$')", found)
    assert found == {"x": {"pattern": "[a-z]+"}}


def genmcp(folder: Path, *tools: dict[str, Any]) -> dict[str, Draft]:
    file = folder / "mcpfile.yaml"
    file.write_text(json.dumps({"kind": "MCPToolDefinitions", "tools": tools}))
    return {draft.name: draft for draft in imported("genmcp", str(file), [])}


def cli_tool(command: str, properties: dict[str, Any], **cli: Any) -> dict[str, Any]:
    return {
        "name": "tool",
        "title": "Do one thing",
        "inputSchema": {"type": "object", "properties": properties, "required": ["words"]},
        "invocation": {"cli": {"command": command, **cli}},
    }


def test_a_tool_of_genmcp_is_translated(tmp_path: Path) -> None:
    variables = {
        "most": {"property": "n", "format": "--max-count={most}"},
        "count": {"property": "count", "format": "--count -i", "omitIfFalse": True},
    }
    properties = {
        "words": {"type": "string", "enum": ["a", "b"]},
        "n": {"type": "integer", "minimum": 1},
        "count": {"type": "boolean"},
        "file": {"type": "string"},
    }
    tool = cli_tool("grep {most} {count} '{words}' {file}", properties, templateVariables=variables)
    draft = genmcp(tmp_path, tool)["tool"]

    assert draft.tool["description"] == "Do one thing."
    assert draft.tool["args"] == [
        ["--max-count={n}"],
        {"when": "count", "args": ["--count", "-i"]},
        "{words}",
        ["{file}"],
    ]
    assert params(draft)["words"] == {"type": "string", "choices": ["a", "b"], "required": True}
    assert params(draft)["file"] == {"type": "path"}
    assert errors(tmp_path, [draft]) == []


@pytest.mark.parametrize(
    ("command", "variables", "reason"),
    [
        ("ls {words} | wc", {}, "pipe"),
        ("ls x{v}", {"v": {"property": "flag", "format": "-l", "omitIfFalse": True}}, "part of a"),
        ("ls {v}", {"v": {"property": "words", "format": "-l", "omitIfFalse": True}}, "no boolean"),
        (
            "ls {v}",
            {"v": {"property": "flag", "format": "-l; id", "omitIfFalse": True}},
            "than one",
        ),
        ("ls {v}", {"v": {"property": "'; id", "format": "{v}"}}, "no usable name"),
        ("ls {v}", {"v": {"property": "words", "format": "$({v})"}}, "variables"),
        ("{words}", {}, "chooses the program"),
        ("ls \ue010words", {}, "no text"),
    ],
)
def test_what_genmcp_leaves_to_bash_is_not_translated(
    tmp_path: Path, command: str, variables: dict[str, Any], reason: str
) -> None:
    properties = {"words": {"type": "string"}, "flag": {"type": "boolean"}}
    with pytest.raises(UsageError) as refused:
        genmcp(tmp_path, cli_tool(command, properties, templateVariables=variables))
    assert reason in str(refused.value.hint)


def http_tool(url: str, method: str = "GET", **http: Any) -> dict[str, Any]:
    properties = {"id": {"type": "string"}, "n": {"type": "integer"}}
    schema = {"type": "object", "properties": properties, "required": ["id"]}
    invocation = {"http": {"url": url, "method": method, **http}}
    return {"name": "tool", "description": "x", "inputSchema": schema, "invocation": invocation}


def test_a_request_of_genmcp_becomes_one_of_curl(tmp_path: Path) -> None:
    draft = genmcp(tmp_path, http_tool("http://localhost:5000/a/{id}"))["tool"]

    assert draft.tool["args"][-3:] == [
        "--url",
        "http://localhost:5000/a/{id}",
        ["--url-query", "n={n}"],
    ]
    assert "pattern" in draft.tool["params"]["id"]
    assert errors(tmp_path, [draft]) == []


def test_what_genmcp_puts_into_a_body_is_in_the_body(tmp_path: Path) -> None:
    draft = genmcp(tmp_path, http_tool("http://localhost/a/{id}", "POST"))["tool"]

    assert draft.tool["stdin"] == "{body}"
    assert draft.tool["params"]["body"]["description"] == "The body: JSON with n (integer)."
    assert draft.tool["effect"] == "write"
    assert any("members of `body` now: n" in note for note in draft.notes)


@pytest.mark.parametrize(
    "tool",
    [
        http_tool("http://{id}/a"),
        http_tool("file:///etc/passwd"),
        http_tool("http://u:p@host/"),
        http_tool("http://host/a?x={id}"),
        http_tool("http://host/a", "TRACE"),
        http_tool("http://host/a", headers={"X": "{id}"}),
    ],
    ids=range(6),
)
def test_a_request_that_curl_could_not_make_alike_is_not_translated(
    tmp_path: Path, tool: dict[str, Any]
) -> None:
    with pytest.raises(UsageError) as refused:
        genmcp(tmp_path, tool)
    assert "was not translated" in str(refused.value.hint)


@pytest.mark.parametrize("source", ["mcpshell", "genmcp"])
def test_a_file_of_another_kind_is_located(tmp_path: Path, source: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("mcp: {tools: 3}\ntools: x\n")
    with pytest.raises(SpecError, match="must be a list of tools"):
        imported(source, str(file), [])


def test_tools_of_one_name_are_told_apart(tmp_path: Path) -> None:
    found = mcpshell(
        tmp_path, shell_tool("ls", "a b"), shell_tool("pwd", "a-b"), shell_tool("id", "read output")
    )
    assert list(found) == ["a_b", "a_b_2", "read_output_2"]
    assert errors(tmp_path, list(found.values())) == []


NASTY = '""" {x} {{y}} ${HOME} \\ \u202e\x1b[2J import os'


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    tool = {
        "name": NASTY,
        "description": NASTY,
        "params": {NASTY: {"type": NASTY}, "x": {"description": NASTY, "default": NASTY}},
        "constraints": [NASTY, 3, None],
        "run": {"command": "echo '{z} ${HOME}' {{ .x }}", "timeout": NASTY, "env": [NASTY, 4]},
    }
    (draft,) = mcpshell(tmp_path, tool, {"name": 3}, {"run": 4}).values()

    assert draft.tool["args"][0] == "{{z}} ${{HOME}}"
    assert errors(tmp_path, [draft]) == []
    assert str(draft.tool["description"]).isprintable()
    assert all(note.isprintable() for note in draft.notes)
