"""A server is put into a client's file, and nothing else in it changes."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from handrail.errors import SpecError, UsageError
from handrail.scaffold.clients import jsonc
from handrail.scaffold.clients.catalogue import CLIENTS
from handrail.scaffold.clients.client import Client, Format
from handrail.scaffold.clients.entry import entry, snippet
from handrail.scaffold.clients.launch import Http, Launch, Stdio
from handrail.scaffold.clients.merge import Change, merge
from handrail.spec.source import Source

_SERVER = Stdio("devtools", "/opt/bin/handrail", ("serve", "/srv/handrail.toml"), ("TOKEN",))
_REMOTE = Http("devtools", "https://tools.example.com/mcp")
_FILE = Path("file")

_JSONC = """\
// Settings of mine.
{
\t"theme": "One", /* not Two */
\t"context_servers": {
\t\t// The first of them.
\t\t"files": { "command": "files", "args": ["-x", "//no comment"] }, // and more
\t\t// "off": { "command": "x" },
\t},
\t"tabs": 4, // the last
}
"""
_TOML = """\
# Mine.
model = "o"   # the best

[mcp_servers.files]   # files
command = 'files'
args = [
    "-x",  # the letter
]

[profiles.a]
model = "p"
"""
_YAML = """\
# Mine.
GOOSE_MODEL: "o"   # the best
extensions:
    # The first of them.
    files:
        cmd: 'files'
        args: [ -x ]
        envs: {}
        text: |
            # no comment
            end

# About the mode.
GOOSE_MODE: auto
"""


def _source(text: str) -> Source:
    return Source(_FILE, None, text)


def _read(client: Client, text: str) -> Any:
    match client.format:
        case Format.JSON | Format.JSONC:
            return jsonc.read(_source(text))
        case Format.TOML:
            return tomllib.loads(text)
        case Format.YAML:
            return YAML(typ="safe").load(text)


def _is_kept(before: str, after: str) -> bool:
    """Whether the lines of `before` are in `after`, in order, but for a comma that one got."""
    lines = iter(after.splitlines())
    return all(
        any(new.replace(",", "") == old.replace(",", "") for new in lines)
        for old in before.splitlines()
    )


@pytest.mark.parametrize(
    ("client", "server"),
    [(one, _SERVER) for one in CLIENTS.values()]
    + [(one, _REMOTE) for one in CLIENTS.values() if one.http is not None],
)
def test_a_new_file_says_what_the_entry_says(client: Client, server: Launch) -> None:
    merged = merge(_source(" \n"), client, server)
    held = _read(client, merged.text)
    for key in client.keys:
        held = held[key]

    assert (merged.change, merged.text) == (Change.ADDED, snippet(client, server))
    assert held == {"devtools": entry(client, server)}


@pytest.mark.parametrize(
    ("name", "text"), [("zed", _JSONC), ("codex", _TOML), ("goose", _YAML)], ids=lambda one: one[:5]
)
class TestFilesWithComments:
    def test_all_else_stays(self, name: str, text: str) -> None:
        client = CLIENTS[name]
        merged = merge(_source(text), client, _SERVER)
        before, after = _read(client, text), _read(client, merged.text)

        assert _is_kept(text, merged.text), merged.text
        assert after[client.keys[0]].pop("devtools") == entry(client, _SERVER)
        assert after == before

    def test_the_same_again_changes_nothing(self, name: str, text: str) -> None:
        client = CLIENTS[name]
        once = merge(_source(text), client, _SERVER)
        again = merge(_source(once.text), client, _SERVER)

        assert (again.change, again.text) == (Change.THERE, once.text)

    def test_another_of_that_name_is_replaced_only_when_told(self, name: str, text: str) -> None:
        client, other = CLIENTS[name], Stdio("files", "/opt/bin/handrail")
        with pytest.raises(UsageError, match=r"file:\d+:\d+: there is another entry"):
            merge(_source(text), client, other)
        merged = merge(_source(text), client, other, replaces=True)
        before, after = _read(client, text), _read(client, merged.text)
        before[client.keys[0]]["files"] = entry(client, other)

        assert merged.change is Change.REPLACED
        assert after == before

    def test_lines_end_as_they_did(self, name: str, text: str) -> None:
        client = CLIENTS[name]
        merged = merge(_source(text.replace("\n", "\r\n")), client, _SERVER)

        assert merged.text.count("\n") == merged.text.count("\r\n") > text.count("\n")
        assert merged.text.replace("\r\n", "\n") == merge(_source(text), client, _SERVER).text

    def test_a_file_without_the_table_gets_it(self, name: str, text: str) -> None:
        client = CLIENTS[name]
        renamed = text.replace(client.keys[0], "others")
        merged = merge(_source(renamed), client, _SERVER)

        assert _is_kept(renamed, merged.text), merged.text
        assert set(_read(client, merged.text)[client.keys[0]]) == {"devtools"}


def test_what_the_user_added_to_an_entry_stays() -> None:
    client = CLIENTS["claude-desktop"]
    held = {"mcpServers": {"devtools": {**entry(client, _SERVER), "env": {"TOKEN": "t"}}}}
    text = json.dumps(held)

    assert merge(_source(text), client, _SERVER).text == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"mcpServers": {}}', '{"mcpServers": {\n  "n": {\n    "command": "c"\n  }\n}}'),
        (
            '{"a": 1 // one\n}',
            '{"a": 1, // one\n  "mcpServers": {\n    "n": {\n      "command": "c"',
        ),
        (
            '{\n    "mcpServers": {\n        "a": {},\n    },\n}',
            '{\n    "mcpServers": {\n        "a": {},\n        "n": {\n            "command": "c"\n'
            "        },\n    },\n}",
        ),
        ('{"mcpServers": {"a": {}}}', '{"mcpServers": {"a": {},\n  "n": {\n    "command": "c"'),
    ],
)
def test_json_is_indented_as_around_it(before: str, after: str) -> None:
    assert merge(_source(before), CLIENTS["windsurf"], Stdio("n", "c")).text.startswith(after)


@pytest.mark.parametrize(
    "text",
    [
        "extensions: {}\nb: 1\n",
        "extensions: {}",
        "extensions: {a: {b: 1}}  # c\n",
        "{extensions: {a: 1}}\n",
        "# nothing but a comment\n",
        "a: 1",
        "a:\n- 1\n- 2\n",
        "extensions:\n  a: {}\n\n\n  # off\n# next\nb: |\n  # text\n",
        "x: &x {cmd: c}\nextensions:\n  a: *x\n",
        "---\n# Mine.\n",
        "? [a, b]\n: 1\nextensions:\n  ? [c]\n  : 2\n",
    ],
)
def test_yaml_of_every_style_takes_an_entry(text: str) -> None:
    client, server = CLIENTS["goose"], Stdio("n", "c")
    merged = merge(_source(text), client, server)
    expected = YAML(typ="safe").load(text) or {}
    expected.setdefault("extensions", {})["n"] = entry(client, server)

    assert _read(client, merged.text) == expected
    replaced = merge(_source(merged.text), client, Stdio("n", "d"), replaces=True)
    assert _read(client, replaced.text)["extensions"]["n"]["cmd"] == "d"


def test_yaml_keeps_what_is_said_of_the_next_entry() -> None:
    text = "extensions:\n  n:\n    cmd: c\n    # of n\n\n  # of b\n  b: 1\n"
    merged = merge(_source(text), CLIENTS["goose"], Stdio("n", "d"), replaces=True)

    assert "of n" not in merged.text
    assert merged.text.endswith("\n\n  # of b\n  b: 1\n")


def test_toml_keeps_what_is_said_of_the_next_table() -> None:
    text = '[mcp_servers.n]\ncommand = "c"\n[mcp_servers.n.env]\nA = "b"\n\n# of z\n[z]\nq = 1\n'
    merged = merge(_source(text), CLIENTS["codex"], Stdio("n", "d"), replaces=True)

    assert merged.text == '[mcp_servers.n]\ncommand = "d"\n\n# of z\n[z]\nq = 1\n'


@pytest.mark.parametrize(
    "text",
    [
        "[[x]]\n[z]\n[[x]]\nb = 1",
        '[mcp_servers.a]\ncommand = "c"\n[projects."/p"]\n# Mine.\n[mcp_servers.b]\n\n',
        "mcp_servers.a.command = 'c'\n",
        "[mcp_servers]\na.command = 'c'\n[z]\n",
    ],
)
def test_toml_is_added_to_behind_all_that_is_there(text: str) -> None:
    client, server = CLIENTS["codex"], Stdio("n", "c")
    merged = merge(_source(text), client, server)

    assert merged.text.startswith(text)
    assert tomllib.loads(merged.text)["mcp_servers"]["n"] == {"command": "c"}


@pytest.mark.parametrize(
    "text",
    [
        "mcp_servers = { a = {} }  # c\n",
        "a = 1\n[mcp_servers]\nn = { command = 'd' }\nb = {}\n[z]\n",
        '[mcp_servers.n]\ncommand = "d"\n[projects."/p"]\n# Mine.\n[mcp_servers.b]\nc = 1\n',
        "[mcp_servers.n.env]\nA = 'b'\n",
    ],
)
def test_toml_of_every_style_takes_an_entry(text: str) -> None:
    client, server = CLIENTS["codex"], Stdio("n", "c")
    merged = merge(_source(text), client, server, replaces=True)
    expected: Any = tomllib.loads(text)
    expected["mcp_servers"]["n"] = {"command": "c"}

    assert tomllib.loads(merged.text) == expected
    assert merged.text.count("#") == text.count("#")


@pytest.mark.parametrize(
    "text",
    [
        "[mcp_servers.n]\n[[x]]\n[z]\n[[x]]\n",
        "mcp_servers.n.command = 'd'\na = 1\n",
    ],
)
def test_toml_that_would_be_put_in_another_order_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="written in a way"):
        merge(_source(text), CLIENTS["codex"], Stdio("n", "c"), replaces=True)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("claude-code", '{\n  "mcpServers": [],\n}', "error[E106] not valid JSON"),
        ("claude-code", "{\n  // no comments here\n}", "file:2:3 error[E106]"),
        ("claude-code", '{"a": 1, "a": 2}', "file:1:10 error[E107]"),
        (
            "zed",
            '{\n  "context_servers": [],\n}',
            "file:2:22 error[E102] context_servers is a list",
        ),
        ("zed", "[]", "file:1:1 error[E102] the file is a list"),
        ("zed", "{ /* no end", "file:1:3 error[E106]"),
        ("codex", "a = 1\nmcp_servers = 3\n", "file:2:15 error[E102] mcp_servers is an integer"),
        ("codex", "a = \n", "file:1:5 error[E106]"),
        ("goose", "a: &a {b: *a}\n", "file:1:1 error[E106] nested too deeply, or in itself"),
        ("goose", "extensions:\n  - a\n", "file:2:3 error[E102] extensions is a list"),
        ("goose", "a: [\n", "error[E106]"),
        ("goose", "extensions:\n  devtools: on\n  a: {\n", "error[E106]"),
    ],
)
def test_a_broken_file_is_refused_where_it_is_broken(name: str, text: str, problem: str) -> None:
    with pytest.raises(SpecError) as refused:
        merge(_source(text), CLIENTS[name], _SERVER)

    assert problem in str(refused.value.diagnostics[0])


_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=8,
)
_SPACES = st.sampled_from(["", " ", "\n", "\n\t", ' // a, } ] "\n', '/* b, " */', "\n  "])


@st.composite
def _commented(draw: st.DrawFn, value: Any) -> str:
    """`value` as JSON, with blanks, comments and last commas wherever they may be."""

    def written(value: Any) -> str:
        space = draw(_SPACES)
        last = "," if draw(st.booleans()) else ""
        match value:
            case dict():
                parts = [
                    f"{space}{json.dumps(k)}{draw(_SPACES)}:{written(v)}" for k, v in value.items()
                ]
                return f"{space}{{{','.join(parts)}{last if parts else ''}{draw(_SPACES)}}}"
            case list():
                parts = [written(one) for one in value]
                return f"{space}[{','.join(parts)}{last if parts else ''}{draw(_SPACES)}]"
            case _:
                return f"{space}{json.dumps(value)}{draw(_SPACES)}"

    return written(value)


@given(st.data())
def test_json_however_it_is_written_keeps_all_it_says(data: st.DataObject) -> None:
    held = data.draw(st.dictionaries(_TEXTS, _VALUES, max_size=3))
    servers = data.draw(st.dictionaries(_TEXTS, _VALUES, max_size=3))
    inside = data.draw(st.booleans())
    value = {**held, "context_servers": servers} if inside else held
    text = data.draw(_commented(value))
    server = Stdio("new server's name", "c")
    merged = merge(_source(text), CLIENTS["zed"], server)

    read: Any = jsonc.read(_source(merged.text))
    assert read["context_servers"].pop(server.name) == {"command": "c"}
    if not inside and "context_servers" not in held:
        del read["context_servers"]
    assert read == value
    kept = iter(merged.text)
    assert all(letter in kept for letter in text)
