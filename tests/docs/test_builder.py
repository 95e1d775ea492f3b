"""docs/builder.md shows what a person is asked, and every tool."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from fastmcp import Client

from handrail.scaffold.builder.proposal import proposed
from handrail.scaffold.builder.question import Question
from handrail.scaffold.builder.server import build_server
from tests.running import hand_over

_DOCUMENT = (Path(__file__).parents[2] / "docs" / "builder.md").read_text()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    hand_over(tmp_path)
    return tmp_path


def test_the_person_sees_what_is_shown(folder: Path) -> None:
    _, answers = re.findall(r"```json\n(.*?)```", _DOCUMENT, re.DOTALL)
    (shown,) = re.findall(r"```text\n(.*?)```", _DOCUMENT, re.DOTALL)
    lines = Question.about(proposed(json.loads(answers), folder)).text.splitlines()

    assert lines[-1].startswith("SHA-256 of the file: ")
    text = "\n".join(lines[:-1]).replace(str(folder), "/home/ann/project")
    # Where in the file a finding is changes with what is written above it.
    place = re.compile(r"(?<=handrail\.toml:)\d+:\d+")
    assert place.sub("", f"{text}\n") == place.sub("", shown)


async def test_every_tool_and_argument_is_in_the_table(folder: Path) -> None:
    async with Client(build_server(folder)) as agent:
        tools = await agent.list_tools()

    rows = dict(re.findall(r"^\| `(\w+)` \|(.*?)\|", _DOCUMENT, re.MULTILINE))
    assert {name: set(re.findall(r"`(\w+)`", takes)) for name, takes in rows.items()} == {
        tool.name: set(tool.input_schema["properties"]) for tool in tools
    }
