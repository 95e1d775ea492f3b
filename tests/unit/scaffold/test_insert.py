"""Tools are put into a server file, and what was there stays."""

from __future__ import annotations

import tomllib

import pytest

from handrail.errors import UsageError
from handrail.scaffold.draft import Draft
from handrail.scaffold.insert import inserted

DRAFT = Draft(
    {
        "name": "say",
        "description": "Say it.",
        "program": "echo",
        "args": ["{text}"],
        "params": {"text": {"required": True, "pattern": r"\w+"}},
        "example": [{"args": {"text": "x"}}],
    },
    {"echo": {}},
)


@pytest.mark.parametrize(
    "before",
    [
        "",
        "config_version = 1\n",
        "config_version = 1",
        "# Mine.\nconfig_version = 1 # here\n\n[programs]  # ours\ngit = {} # kept\n",
        "config_version = 1\nprograms = { git = {} }\n",
        'config_version = 1\n[programs.git]\nmin_version = "2.30"\n',
        'config_version = 1\n[programs]\necho = { path = "/bin/echo" }\n',
        'config_version = 1\n[programs]\n\n[[tool]]\nname = "a"\nprogram = "x"\n# end\n',
        'config_version = 1\n\n# About a.\n[[tool]]\nname = "a"\n\n[[rule]]\ndecision = "deny"\n',
        'config_version = 1\n[server]\nname = "x"\n\n\n\n',
        'config_version = 1\n[server]\ninstructions = """\n[[tool]]\n"""\n[[tool]]\nname = "a"\n',
        'config_version = 1\nprograms.git = { apt = "git" }  # kept\n',
        'config_version = 1\r\n# Mine.\r\n[server]\r\nname = "x"\r\n',
    ],
)
def test_what_was_there_stays(before: str) -> None:
    after = inserted(before, [DRAFT])
    old, new = tomllib.loads(before), tomllib.loads(after)

    assert new["tool"] == [*old.get("tool", []), DRAFT.tool]
    assert new["programs"] == {"echo": {}, **old.get("programs", {})}
    assert {key: new[key] for key in old if key not in ("tool", "programs")} == {
        key: old[key] for key in old if key not in ("tool", "programs")
    }
    for line in before.splitlines():
        if "{ git" not in line:  # the one line that had to change
            assert line in after.splitlines()


def test_several_come_in_their_order() -> None:
    other = Draft({**DRAFT.tool, "name": "other"}, DRAFT.programs)

    after = tomllib.loads(inserted("config_version = 1\n", [DRAFT, other]))

    assert [one["name"] for one in after["tool"]] == ["say", "other"]


@pytest.mark.parametrize("taken", ["file", "drafts"])
def test_a_name_that_is_taken_is_refused(taken: str) -> None:
    before = '[[tool]]\nname = "say"\n' if taken == "file" else ""
    with pytest.raises(UsageError) as refused:
        inserted(before, [DRAFT] if taken == "file" else [DRAFT, DRAFT])

    assert "--name" in str(refused.value.hint)


def test_what_is_no_toml_is_refused() -> None:
    with pytest.raises(UsageError):
        inserted("config_version = ", [DRAFT])


def test_lines_end_as_they_did() -> None:
    after = inserted('config_version = 1\r\n[server]\r\nname = "x"\r\n', [DRAFT])

    assert after.count("\n") == after.count("\r\n")


@pytest.mark.parametrize(
    "text",
    [
        "a'b",
        'a"b',
        '"""',
        "'''",
        "a\\b",
        "\n[[tool]]\n",
        "\x00\x1b\x7f",
        "${HOME}",
        "# no",
        "\u2028",
    ],
)
def test_texts_arrive_as_they_are(text: str) -> None:
    tool = {**DRAFT.tool, "description": text, "args": [text], "env": {"A": text}}

    after = inserted('config_version = 1\n[server]\nname = "x"\n', [Draft(tool, {"echo": {}})])

    assert tomllib.loads(after)["tool"] == [tool]
    assert set(tomllib.loads(after)) == {"config_version", "server", "programs", "tool"}
