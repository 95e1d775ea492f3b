"""Answers become a file that says just that, can be served, and is fit to be kept."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from handrail.errors import SpecError
from handrail.lint.lint import lint
from handrail.scaffold.answers import Answers, from_data
from handrail.scaffold.compose import Composition, composed
from handrail.scaffold.surroundings import Surroundings
from handrail.spec.document import parse
from handrail.spec.load import Reading, read_document
from handrail.spec.server import ServerSpec
from handrail.spec.source import Format, Source

FOLDER = Path("/srv/tools")
AROUND = Surroundings(FOLDER, repository=FOLDER, programs=frozenset({"git", "pytest"}))
NASTY = [
    'a "quoted" text',
    "it's",
    '"""',
    "'''",
    "'''\n[server]\nname = 'other'\n#",
    '"\n[[tool]]\nname = "x"\nprogram = "sh"\n#',
    "{name} {{ }} {0}",
    "${HOME}",
    "$(id) `id` ; rm -rf / | cat",
    "__import__('os').system('id')",
    "\\ \\n \\u0041 \\",
    "tab\there",
    "line\nbreak\r\nand\rmore",
    "\x00\x01\x1b[31m\x7f\x85\u2028",
    "# not a comment",
    "[tool]",
    "= 1",
    "ünïcode 🙂 \u202eright to left",
    " ",
    "-x --yes",
]


def made(data: Mapping[str, Any], around: Surroundings = AROUND) -> Composition:
    return composed(from_data(data), around)


def reading(text: str) -> Reading:
    return read_document(
        FOLDER / "handrail.toml", parse(Source(FOLDER / "handrail.toml", Format.TOML, text)), {}
    )


def spec(composition: Composition) -> ServerSpec:
    """The file as it is served; it has no faults."""
    found = reading(composition.text)
    assert [one for one in found.judge(lint) if one.is_error] == [], composition.text
    assert found.spec is not None
    return found.spec


def test_without_answers_a_server_only_reads() -> None:
    found = spec(composed(Answers(), AROUND))

    assert found.use == ("files:read", "git:read", "search")
    assert {tool.effect.value for tool in found.tools} == {"read"}
    assert found.workspace.root == "."
    assert not found.auth.is_set


def test_the_file_looks_as_a_person_would_write_it() -> None:
    assert (
        made({"server": {"name": "tools"}}).text
        == """\
#:schema ./.handrail/schema.json
# What agents may do here. Begun by handrail new; yours to change.
#     handrail check
#     handrail client claude-code    (or another client that starts it)
config_version = 1
use = ["files:read", "git:read", "search"]

[server]
name = "tools"
instructions = "Tools to read and search the Git repository in the workspace."

[workspace]
root = "."

[confinement]
require = "landlock"

[limits]
timeout = "30s"
memory = "512MiB"
output = "64KiB"
concurrency = 8
"""
    )


def test_the_same_answers_make_the_same_file() -> None:
    data = {"runs": "http", "state": "disk", "deny": ["git push"], "changes": "anything"}

    assert made(data).text == made(dict(reversed(data.items()))).text


@pytest.mark.parametrize(
    ("changes", "use"),
    [
        ("nothing", ("files:read", "git:read", "search")),
        ("files", ("files", "git:read", "search")),
        ("anything", ("files", "git", "search")),
    ],
)
def test_packs_bring_the_tools_that_may_be_had(changes: str, use: tuple[str, ...]) -> None:
    assert spec(made({"changes": changes})).use == use


def test_over_http_callers_have_keys_and_roles() -> None:
    found = spec(made({"runs": "http", "changes": "anything"}))

    assert found.auth.keys == ".handrail/keys.json"
    assert found.telemetry.ops == "127.0.0.1:9464"
    permitted = {
        tool.name for tool in found.tools if found.access.roles["reader"].permits(tool.name)
    }
    assert permitted == {tool.name for tool in found.tools if tool.effect.value == "read"}
    assert all(found.access.roles["developer"].permits(tool.name) for tool in found.tools)


def test_roles_of_the_answers_take_the_place_of_ours() -> None:
    roles = {"auditor": {"tools": ["git_*"], "limits": {"calls": "9/day"}}}

    found = spec(made({"runs": "http", "access": {"roles": roles}}))

    assert list(found.access.roles) == ["auditor"]


def test_tokens_pass_through() -> None:
    jwt = {"issuer": "https://i.example", "jwks": "https://i.example/k", "audience": "tools"}

    found = spec(made({"runs": "http", "auth": {"jwt": jwt}}))

    assert found.auth.jwt is not None
    assert (found.auth.keys, found.auth.jwt.audience) == (None, "tools")


@pytest.mark.parametrize(
    ("state", "store", "audited"),
    [
        ("none", "memory", False),
        ("disk", "sqlite", True),
        ("redis", "redis://127.0.0.1:6379/0", True),
    ],
)
def test_what_is_kept_is_kept_where_it_was_said(state: str, store: str, audited: bool) -> None:
    found = spec(made({"state": state}))

    assert (found.access.store, found.audit is not None) == (store, audited)


def test_what_is_denied_becomes_rules() -> None:
    (first, second) = spec(made({"deny": ["git push", "git 'a b'"]})).rules

    assert (first.argv, first.decision) == (("git", "push"), "deny")
    assert second.argv == ("git", "a b")


def test_a_container_brings_its_own_workspace() -> None:
    around = Surroundings(FOLDER / "agents", repository=FOLDER)

    found = made({"runs": "docker", "state": "disk"}, around)

    assert tomllib.loads(found.text)["workspace"]["root"] == "${WORKSPACE:-..}"
    assert "eject" in found.text


@pytest.mark.parametrize(("name", "fit"), [("class", False), ("json", False), ("my-tools", True)])
def test_a_name_that_no_package_can_have_is_told_where_one_is_to_come(name: str, fit: bool) -> None:
    for runs in ("stdio", "docker"):
        notes = made({"runs": runs, "server": {"name": name}}).notes

        assert (notes == ()) is (fit or runs == "stdio")


def test_the_words_of_a_server_file_pass_through_and_stay() -> None:
    data = {
        "use": ["git:read"],
        "server": {"name": "n"},
        "workspace": {"root": "src"},
        "programs": {"make": {"path": "/usr/bin/make", "apt": "make"}},
        "secrets": {"TOKEN": {"file": "/run/secrets/token"}},
        "confinement": {"require": "rlimits"},
        "access": {"total": {"cpu": "4h/day"}},
        "audit": {"sync": "always"},
        "limits": {"timeout": "5s", "spool": "1GiB"},
        "telemetry": {"token": "TOKEN"},
        "http": {"hosts": ["x.example"], "tls": {"certificate": "c", "private_key": "k"}},
        "rule": [{"tool": "git_*", "decision": "ask", "reason": "r"}],
        "allow": ["S409: it takes long"],
    }

    text = made(data).text
    said = tomllib.loads(text)

    def holds(part: Any, whole: Any) -> bool:
        if isinstance(part, dict):
            return all(holds(value, whole.get(key)) for key, value in part.items())
        return bool(part == whole)

    assert holds(data, said), text
    assert spec(Composition(text, ())).http.hosts == ("x.example",)


def test_commands_become_tools() -> None:
    data = {"use": ["files:read"], "commands": ["git log -n 20 --author=Ada src/", "pytest -q"]}

    found = spec(made(data))

    names = {tool.name: tool for tool in found.tools}
    assert "max_count" in names["git_log"].accepts
    assert names["pytest"].effect.value == "write"
    assert set(found.programs) >= {"git", "pytest"}


def test_a_command_leaves_the_tool_of_a_pack_alone() -> None:
    found = spec(made({"commands": ["git log -n 20", "git log -n 5"]}))

    names = [tool.name for tool in found.tools]
    assert {"git_log", "git_log_2", "git_log_3"} <= set(names)
    assert len(names) == len(set(names))


def test_found_commands_come_when_things_may_change() -> None:
    around = Surroundings(FOLDER, commands=("pytest -q tests", "make build"))

    for changes, tools in (("nothing", []), ("files", ["pytest", "make_build"])):
        text = made({"changes": changes}, around).text
        assert [one["name"] for one in tomllib.loads(text).get("tool", [])] == tools
    assert "tool" not in tomllib.loads(made({"changes": "files", "commands": []}, around).text)


def test_variables_reach_every_command() -> None:
    data = {
        "commands": ["git log -n 20", "rg needle src"],
        "environment": ["LOCALE", "MODE=quick ${X}"],
        "credentials": ["TOKEN", "PASSWORD=/run/secrets/password"],
    }

    found = spec(made(data))

    assert {name: (one.env, one.file) for name, one in found.secrets.items()} == {
        "LOCALE": ("LOCALE", None),
        "TOKEN": ("TOKEN", None),
        "PASSWORD": (None, "/run/secrets/password"),
    }
    for _, tool in found.commands:
        if tool.name in ("git_log_2", "rg"):
            assert tool.env.keys() == {"LOCALE", "MODE", "TOKEN", "PASSWORD"}
            assert tool.env["MODE"] == "quick ${X}"


def test_hosts_open_the_network_for_their_addresses_only() -> None:
    data = {"commands": ["curl https://api.example.com/v1/items"]}
    closed = spec(made(data))
    text = made({**data, "hosts": ["api.example.com", "b.example"]}).text

    found = spec(Composition(text, ()))

    (index,) = [number for number, tool in enumerate(found.tools) if tool.name == "curl"]
    assert not closed.tools[index].network
    assert found.tools[index].network
    assert "network = true # of any host" in text
    pattern = str(found.tools[index].accepts["urls"].pattern)
    for url, admitted in {
        "https://api.example.com/v1/items?a=b": True,
        "http://b.example:8080": True,
        "https://evil.example/": False,
        "https://apiXexample.com/": False,
        "https://api.example.com@evil.example/": False,
        "https://api.example.com.evil.example/": False,
        "https://b.example:80@evil.example/": False,
        "https://evil.example/https://b.example": False,
        "file:///etc/passwd": False,
    }.items():
        assert bool(re.fullmatch(pattern, url)) is admitted, url


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"commands": ["ls | wc -l"]}, "it has a pipe"),
        ({"commands": ["make build"], "changes": "nothing"}, '"make build" changes things'),
        ({"commands": ["rm -rf build"], "changes": "files"}, "changes more than files"),
        ({"commands": ["ls"], "hosts": ["a.example"]}, "no command reaches any host"),
        (
            {"commands": ["curl https://a.example/x"], "hosts": ["b.example"]},
            "commands[0] reaches a.example, which hosts does not name",
        ),
    ],
)
def test_commands_that_do_not_fit_are_refused(data: dict[str, Any], words: str) -> None:
    with pytest.raises(SpecError) as error:
        from_data(data)

    assert any(words in one.message for one in error.value.diagnostics)


TEXTS: dict[str, Any] = {
    "server.name": lambda text: {"server": {"name": text}},
    "server.instructions": lambda text: {"server": {"instructions": text}},
    "workspace.root": lambda text: {"workspace": {"root": text}},
    "access.store": lambda text: {"state": "redis", "access": {"store": f"redis://{text}"}},
    "confinement.user": lambda text: {"confinement": {"user": text}},
    "secrets.A.file": lambda text: {
        "secrets": {"A": {"file": text}},
        "telemetry": {"token": "A", "ops": "127.0.0.1:1"},
    },
    "rule.0.reason": lambda text: {
        "rule": [{"tool": "git_log", "decision": "deny", "reason": text}]
    },
    "auth.jwt.audience": lambda text: {
        "runs": "http",
        "auth": {"jwt": {"issuer": "i", "jwks": "https://i/k", "audience": text}},
    },
    "http.hosts.0": lambda text: {"runs": "http", "http": {"hosts": [text]}},
}


@pytest.mark.parametrize("key", TEXTS)
def test_text_arrives_as_text_or_is_refused(key: str) -> None:
    plain = tomllib.loads(made(TEXTS[key]("x")).text)
    for text in NASTY:
        data = TEXTS[key](text)
        try:
            said = tomllib.loads(made(data).text)
        except SpecError as refused:
            assert all(one.code for one in refused.diagnostics)
        else:
            assert at(said, key) == at(data, key)
            assert shape(said) == shape(plain)


@pytest.mark.parametrize("key", ["deny", "hosts", "credentials", "environment", "use", "commands"])
def test_a_list_of_text_arrives_as_text_or_is_refused(key: str) -> None:
    for text in NASTY:
        try:
            said = tomllib.loads(made({key: [text]}).text)
        except SpecError as refused:
            assert refused.diagnostics[0].message
            continue
        assert key in ("deny", "commands")
        if key == "deny":
            assert said["rule"][0]["decision"] == "deny"
            assert shape(said) == shape(tomllib.loads(made({"deny": ["x y"]}).text))
        else:
            (tool,) = said["tool"]
            assert tool["program"] == text.partition(" ")[0]


def at(data: Any, key: str) -> Any:
    """What is at a dotted key; numbers are those of lists."""
    for step in key.split("."):
        data = data[int(step) if step.isdigit() else step]
    return data


def shape(data: Any) -> Any:
    """The keys of tables, and of the tables in them."""
    if isinstance(data, dict):
        return {key: shape(value) for key, value in data.items()}
    if isinstance(data, list) and any(isinstance(one, dict) for one in data):
        return [shape(one) for one in data]
    return None
