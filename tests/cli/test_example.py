"""An example of a tool, as the command that a shell would take."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from handrail.cli.arguments import parse_arguments
from handrail.cli.example import command_line
from handrail.spec.tool import ToolSpec
from tests.builders import free_tool, tool

_PARAMS = {
    "words": {"repeat": True},
    "deep": {"type": "boolean"},
    "n": {"type": "integer"},
    "pin": {"sensitive": True},
}
_FREE = {"argv": ["git", "log", "--format=%h %s"], "cwd": "src"}


def _with(example: dict[str, Any]) -> ToolSpec:
    return tool(params=_PARAMS, example=[{"args": example}])


@pytest.mark.parametrize(
    ("declared", "arguments"),
    [
        (_with(given := {"words": ["a b", "$c"], "deep": True, "n": 3}), given),
        (free_tool("git", example=[{"args": _FREE}]), _FREE),
    ],
    ids=["declared", "free"],
)
def test_the_command_gives_the_arguments_of_the_example(
    declared: ToolSpec, arguments: dict[str, Any]
) -> None:
    command, call, name, *words = shlex.split(command_line(declared, declared.examples[0]))

    assert (command, call, name) == ("handrail", "call", declared.name)
    # The command line itself takes the `--`.
    assert parse_arguments(declared, [word for word in words if word != "--"]) == arguments


def test_what_is_sensitive_is_not_shown() -> None:
    declared = _with({"pin": "1234"})

    assert command_line(declared, declared.examples[0]) == "handrail call t 'pin=***'"
