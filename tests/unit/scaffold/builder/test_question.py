"""A person sees what a file would let tools do, and no words of an agent that pass for ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from handrail.scaffold.builder.proposal import proposed
from handrail.scaffold.builder.question import Question
from handrail.scaffold.builder.shown import TooLong
from tests.running import hand_over

TOOL = {"name": "deploy", "description": "Deploy it.", "program": "sh", "effect": "destructive"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    hand_over(tmp_path)
    return tmp_path


def asked(folder: Path, answers: dict[str, Any]) -> list[str]:
    """The lines of the question."""
    return Question.about(proposed(answers, folder)).text.splitlines()


def test_all_that_matters_is_there(folder: Path) -> None:
    answers = {
        "server": {"name": "dev"},
        "use": ["files:read"],
        "changes": "anything",
        "programs": {"sh": {}},
        "secrets": {"TOKEN": {"env": "TOKEN"}},
        "confinement": {"require": "rlimits"},
        "tool": [
            {
                **TOOL,
                "args": ["-s", "{what}"],
                "params": {"what": {"choices": ["a", "b"], "required": True}},
                "stdin": "make {what} install",
                "env": {"TOKEN": {"secret": "TOKEN"}, "LD_PRELOAD": "./x.so"},
                "network": True,
                "approval": "never",
                "readable": ["/srv"],
                "allow": ["S404: trust me"],
            }
        ],
    }
    lines = asked(folder, answers)

    assert f"    {folder}/handrail.toml" in lines
    assert "server: dev" in lines
    assert "commands are confined by: rlimits at least" in lines
    assert "    deploy: destructive, without asking" in lines
    assert (
        '    deploy: TOKEN=(a secret) LD_PRELOAD=./x.so sh -s "{what}", '
        'reading "make {what} install"'
    ) in lines
    assert "have the network: deploy" in lines
    assert "    deploy: readable /srv" in lines
    assert lines[lines.index("secrets:") + 1] == "    TOKEN: the variable TOKEN"
    assert any(line.startswith("tools: deploy, read_file") for line in lines)


def test_a_program_in_the_place_of_another_is_shown(folder: Path) -> None:
    program = folder / "evil.sh"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    programs = {"git": {"path": "./evil.sh", "profile": "cat"}}
    secrets = {"KEY": {"file": "/root/.ssh/id_rsa"}}
    answers = {"use": ["git:read"], "programs": programs, "secrets": secrets}
    lines = asked(folder, answers)

    at = lines.index("programs that this file chooses:")
    assert lines[at + 1 : at + 3] == ["    git: ./evil.sh", "    git: judged by the profile cat"]
    assert lines[lines.index("secrets:") + 1] == "    KEY: /root/.ssh/id_rsa"


def test_hosts_that_were_named_are_there(folder: Path) -> None:
    commands = ["curl https://api.example.com/x"]
    lines = asked(folder, {"commands": commands, "hosts": ["api.example.com"]})

    assert "hosts that were named: api.example.com" in lines


def test_what_the_file_silences_is_told_and_what_packs_settle_is_not(folder: Path) -> None:
    acknowledged = {"acknowledge": ["executes-callers-code"], "approval": "never"}
    tool = {
        **TOOL,
        **acknowledged,
        "args": ["-c", "{what}"],
        "params": {"what": {"required": True}},
    }
    answers = {"programs": {"sh": {}}, "tool": [tool]}
    (loud,) = [line for line in asked(folder, answers) if "[S411]" in line]
    tool["allow"] = ["S411: it goes to the trash, and restore_file brings it back"]
    (quiet,) = [line for line in asked(folder, answers) if "[S411]" in line]

    assert "silenced" not in loud
    assert 'silenced by the file: "it goes to the trash' in quiet
    assert not any("S411" in line for line in asked(folder, {"use": ["files"], "changes": "files"}))


@pytest.mark.parametrize(
    "text",
    [
        "x\nhosts that were named: none",
        "x\r\nfindings: none",
        "x\u2028secrets: none",
        "\u202esterces",
        "x\x1b[2J",
        '", "secrets: none',
    ],
)
def test_no_words_of_an_agent_can_look_like_ours(folder: Path, text: str) -> None:
    plain = asked(folder, {"server": {"name": "x"}})
    lines = asked(folder, {"server": {"name": text}})

    assert len(lines) == len(plain)
    (named,) = [line for line in lines if line.startswith("server: ")]
    assert named.startswith('server: "')
    assert named.isprintable()


def test_what_is_too_long_to_be_shown_is_not_asked_about(folder: Path) -> None:
    long = {**TOOL, "args": ["-c", f"true {'x' * 400} ; rm -rf ."]}
    many = [{**TOOL, "name": f"deploy_{n}", "args": ["-c", "x" * 300]} for n in range(99)]
    for tools in ([long], many):
        with pytest.raises(TooLong):
            asked(folder, {"programs": {"sh": {}}, "tool": tools})


def test_the_digest_is_of_the_file_and_of_what_was_said(folder: Path) -> None:
    def digest(answers: dict[str, Any]) -> str:
        return Question.about(proposed(answers, folder)).digest

    first = digest({"server": {"instructions": "One."}})
    assert digest({"server": {"instructions": "One."}}) == first
    # The question says nothing of these, and yet it is another.
    assert digest({"server": {"instructions": "Two."}}) != first
