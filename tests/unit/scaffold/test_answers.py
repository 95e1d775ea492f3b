"""Answers are heard from files, words and presets; whatever is wrong with them is told at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from handrail.errors import SpecError, UsageError
from handrail.scaffold.answers import Answers, from_data, from_documents, read_answers
from handrail.scaffold.compose import composed
from handrail.scaffold.presets import PRESETS, preset
from handrail.scaffold.set_words import set_document
from handrail.scaffold.surroundings import Surroundings
from handrail.spec.document import Document
from handrail.spec.source import Source

THREE_FORMS = {
    "a.toml": 'changes = "files"\n[server]\nname = "x"\n',
    "a.yaml": "changes: files\nserver:\n  name: x\n",
    "a.json": '{"changes": "files", "server": {"name": "x"}}',
}


def refused(data: Mapping[str, Any]) -> list[str]:
    """What is said against these answers."""
    with pytest.raises(SpecError) as error:
        from_data(data)
    return [one.message for one in error.value.diagnostics]


@pytest.mark.parametrize("name", THREE_FORMS)
def test_a_file_may_be_in_three_languages(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(THREE_FORMS[name])

    assert read_answers(file).data == {"changes": "files", "server": {"name": "x"}}


@pytest.mark.parametrize(
    ("name", "text", "places"),
    [
        (
            "a.toml",
            'chnges = "files"\nruns = "docker"\nauth = "none"\n[limits]\ntimeout = 3\n',
            ["1:1 E101", "3:8 E102", "5:11 E102"],
        ),
        (
            "a.yaml",
            "chnges: files\nruns: docker\nauth: none\nlimits:\n  timeout: 3\n",
            ["1:1 E101", "3:7 E102", "5:12 E102"],
        ),
        (
            "a.json",
            '{"chnges": "files",\n "runs": "docker",\n "auth": "none",\n "limits": {"timeout": 3}}',
            ["1:2 E101", "3:10 E102", "4:24 E102"],
        ),
    ],
)
def test_every_mistake_has_its_place(
    tmp_path: Path, name: str, text: str, places: list[str]
) -> None:
    file = tmp_path / name
    file.write_text(text)

    with pytest.raises(SpecError) as error:
        read_answers(file)

    found = [f"{one.place.line}:{one.place.column} {one.code}" for one in error.value.diagnostics]
    assert found == places
    assert {one.file for one in error.value.diagnostics} == {file}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"change": "files"}, 'unknown key "change"; did you mean "changes"?'),
        ({"changes": "file"}, 'changes: "file" is not one of nothing, files, anything'),
        ({"use": ["git:wirte"]}, 'pack "git" has no part "wirte"'),
        ({"use": ["gti"]}, 'no pack "gti"; did you mean "git"?'),
        ({"commands": "git log"}, "commands: must be a list, not a string"),
        ({"commands": ["a\nb"]}, "commands[0]: must be one line"),
        ({"server": {"name": ""}}, "server.name: must not be empty"),
        ({"server": {"name": "x" * 129}}, "server.name: must have at most 128 characters"),
        ({"state": {"url": "x"}}, '"[state]" is part of the format but'),
        ({"hosts": ["http://x"]}, "hosts[0]: not the name of a host"),
        ({"limits": {"timeout": "soon"}}, "limits.timeout: not a duration"),
        ({"tool": [{"name": "x"}]}, "description"),
        ({"environment": ["1X"]}, "environment[0]: not NAME"),
        ({"environment": ["DB_PASSWORD=x"]}, "environment[0]: DB_PASSWORD looks secret"),
        ({"credentials": ["TOKEN=hunter2"]}, "credentials[0]: not NAME, NAME=env or NAME=/path"),
        ({"a": float("inf")}, "must be a finite number"),
    ],
)
def test_what_no_key_can_take_is_refused(data: dict[str, Any], words: str) -> None:
    assert any(words in message for message in refused(data))


def test_no_secret_is_echoed() -> None:
    data = {"credentials": ["TOKEN=hunter2"], "environment": ["DB_PASSWORD=hunter2"]}

    assert "hunter2" not in json.dumps(refused(data))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"changes": "nothing", "use": ["git"]}, 'pack "git" changes things'),
        ({"changes": "nothing", "use": ["files"]}, 'pack "files" changes things'),
        ({"changes": "files", "use": ["git"]}, 'pack "git" changes more than files'),
        (
            {
                "changes": "nothing",
                "programs": {"make": {}},
                "tool": [{"name": "t", "description": "d", "program": "make", "effect": "write"}],
            },
            'tool "t" changes things',
        ),
        ({"runs": "docker", "auth": "none"}, "anybody could call"),
        ({"runs": "kubernetes", "auth": "none"}, "anybody could call"),
        ({"auth": "none", "http": {"hosts": ["tools.example.com"]}}, "names hosts"),
        ({"auth": "jwt"}, "tokens need to be told from others"),
        ({"runs": "stdio", "http": {"hosts": ["x"]}}, "there is [http]"),
        ({"state": "disk", "access": {"store": "redis://x"}}, 'not what state = "disk" says'),
        ({"state": "redis", "access": {"store": "sqlite"}}, 'not what state = "redis" says'),
        ({"access": {"store": "redis://:hunter2@cache:6379"}}, "a password has no place"),
        ({"access": {"store": "redis://${U}:hunter2@cache/0"}}, "a password has no place"),
        ({"state": "none", "audit": {}}, 'state = "none"'),
        ({"hosts": ["api.example.com"]}, "no command reaches any host"),
        ({"credentials": ["TOKEN"]}, "no commands that would take it"),
        ({"credentials": ["A", "A=/x"]}, '"A" is given twice; the first is credentials[0]'),
        ({"credentials": ["A"], "environment": ["A"]}, '"A" is given twice'),
        ({"credentials": ["A"], "secrets": {"A": {"env": "A"}}}, "the first is secrets.A"),
        ({"deny": ["git 'push"]}, "deny[0]: no closing quotation"),
    ],
)
def test_answers_that_contradict_each_other_are_refused(data: dict[str, Any], words: str) -> None:
    assert any(words in message for message in refused(data))


def test_what_goes_together_is_taken() -> None:
    together: list[dict[str, Any]] = [
        {"runs": "http", "auth": "none"},
        {"state": "redis", "access": {"store": "rediss://x"}},
        {"state": "redis", "access": {"store": "${REDIS_URL}"}},
        {"access": {"store": "redis://:${PASSWORD}@cache:6379"}},
        {"changes": "anything", "use": ["git", "files"]},
        {"tool": [{"name": "git_log", "timeout": "5s"}]},
        {"workspace": {"root": "${WORKSPACE}"}},
    ]
    for data in together:
        assert from_data(data).data == data


def test_a_preset_gives_way_to_a_file_and_both_to_words(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text('runs = "kubernetes"\n[limits]\ntimeout = "9s"\n')
    layers = [
        preset("shared"),
        *read_answers(file).layers,
        set_document(['limits.memory="1GiB"', "runs=docker"]),
    ]

    said = from_documents(layers)

    assert (said.said("runs"), said.said("state")) == ("docker", "disk")
    assert said.said("limits") == {"timeout": "9s", "memory": "1GiB"}


def test_a_mistake_is_told_where_it_was_said_last(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text('runs = "stdio"\n\n[limits]\ntimeout = 9\n')
    document = set_document(["runs=doker", "server.name="])

    with pytest.raises(SpecError) as error:
        from_documents([*_layers(file), document])

    assert [
        f"{one.file}:{one.place.line}:{one.place.column}" for one in error.value.diagnostics
    ] == [
        f"{file}:4:11",
        "--set:1:6",
        "--set:2:13",
    ]


def _layers(file: Path) -> list[Document]:
    from handrail.spec.document import parse
    from handrail.spec.source import open_source

    return [parse(open_source(file))]


def test_words_are_toml_where_they_can_be_and_text_else() -> None:
    said: list[tuple[list[str], dict[str, Any]]] = [
        (["changes=files"], {"changes": "files"}),
        (['changes="files"'], {"changes": "files"}),
        (["limits.concurrency=4"], {"limits": {"concurrency": 4}}),
        (["commands=git log", "commands=git diff"], {"commands": ["git log", "git diff"]}),
        (['commands=["git log"]'], {"commands": ["git log"]}),
        (["server.name=a = b"], {"server": {"name": "a = b"}}),
        (["server.name=1\nx = 2"], {"server": {"name": "1\nx = 2"}}),
        (["server.name = 'x'"], {"server": {"name": "x"}}),
    ]
    for words, data in said:
        assert set_document(words).data == data


def test_a_word_that_says_nothing_is_refused() -> None:
    for word in ("changes", "=x", "a..b=1", "a b=1"):
        with pytest.raises(UsageError, match="is not KEY=VALUE"):
            set_document([word])


def test_a_key_is_not_said_twice() -> None:
    with pytest.raises(SpecError) as error:
        set_document(["runs=http", "runs=stdio"])

    assert str(error.value.diagnostics[0]) == '--set:2:1 error[E107] "runs" is said twice'


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_can_be_had(name: str) -> None:
    assert composed(from_documents([preset(name)]), Surroundings(Path("/x"))).notes == ()


def test_a_preset_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError) as error:
        preset("sharde")

    assert error.value.hint == 'Did you mean "shared"?'


def test_answers_change_in_copies() -> None:
    said = Answers({"server": {"name": "x"}})

    other = said.saying("server.name", "y").saying("runs", "http")

    assert said.data == {"server": {"name": "x"}}
    assert other.data == {"server": {"name": "y"}, "runs": "http"}
    assert other.saying("runs", None).said("runs") is None


def test_data_without_a_file_has_its_places_by_key() -> None:
    document = Document(Source(Path("answers"), None, ""), {"runs": "x"}, lambda _: {})

    with pytest.raises(SpecError) as error:
        from_documents([document])

    assert str(error.value.diagnostics[0]).startswith("answers:1:1 error[E102] runs: ")
