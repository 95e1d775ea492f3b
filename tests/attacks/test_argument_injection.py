"""A value never becomes an option, a second argument, or a command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from handrail.errors import ArgumentError
from handrail.sandbox.confine import confine
from tests.builders import RLIMITS, host, planned, tool
from tests.running import run_one, said

HOSTILE = [
    "a b",
    "; touch pwned",
    "$(touch pwned)",
    "`touch pwned`",
    "| touch pwned",
    "> pwned",
    "&& touch pwned",
    "'\"\\",
    "*",
    "~",
    "${IFS}",
    "%s%n",
    "{other}",
    "é 日本 🙂 \u202e",
    "=--output=pwned",
]


async def printed(args: list[Any], params: dict[str, Any], given: Any, at: Path) -> list[str]:
    """The arguments as a real program saw them."""
    machine = host(at, programs={"printf": Path("/usr/bin/printf")})
    declared = tool("[%s]\n", *args, params=params, program="printf")
    outcome = await run_one(confine(planned(declared, given, machine), RLIMITS), at / "spool")
    return said(outcome)[0].decode().splitlines()


@pytest.mark.parametrize("value", HOSTILE)
async def test_a_program_sees_the_value_as_it_was_given(tmp_path: Path, value: str) -> None:
    seen = await printed(["a", "{v}", "--o={v}", "z"], {"v": {}}, {"v": value}, tmp_path)
    assert seen == ["[a]", f"[{value}]", f"[--o={value}]", "[z]"]
    assert not (tmp_path / "pwned").exists()


async def test_a_program_sees_as_many_items_as_were_given(tmp_path: Path) -> None:
    seen = await printed(["{v}"], {"v": {"repeat": True}}, {"v": HOSTILE}, tmp_path)
    assert seen == [f"[{value}]" for value in HOSTILE]


@pytest.mark.parametrize(
    "value",
    ["-", "--", "-rf", "--output=pwned", "-oProxyCommand=touch pwned", "--upload-pack=touch pwned"],
)
def test_an_option_in_the_place_of_a_value_is_refused(value: str) -> None:
    for args in (["{v}"], [["-k", "{v}"]], ["{v}/x"]):
        with pytest.raises(ArgumentError):
            planned(tool(*args, params={"v": {}}), {"v": value})


def test_an_option_in_the_place_of_a_file_name_is_a_file_name(tmp_path: Path) -> None:
    declared = tool("{v}", params={"v": {"type": "path"}})
    assert planned(declared, {"v": "-rf"}, host(tmp_path)).argv[1:] == ("./-rf",)


@pytest.mark.parametrize("value", ["a\0b", "a\nb", "a\rb", "a\x1b[2Jb", "a\x9bb", "\ud800"])
def test_characters_that_forge_lines_and_screens_are_refused(value: str) -> None:
    with pytest.raises(ArgumentError):
        planned(tool("x{v}", params={"v": {}}), {"v": value})


def test_an_empty_list_does_not_let_an_option_swallow_the_next_argument() -> None:
    declared = tool(["-k", "{v}"], "target", params={"v": {"repeat": True}})
    assert planned(declared, {"v": []}).argv[1:] == ("target",)


def test_arguments_of_other_types_are_not_made_to_fit() -> None:
    declared = tool("x{v}", params={"v": {}})
    for value in (1, True, ["a"], {"a": 1}):
        with pytest.raises(ArgumentError):
            planned(declared, {"v": value})
