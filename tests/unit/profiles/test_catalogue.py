"""The profiles that come with Handrail, and those of a user."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.errors import SpecError
from handrail.profiles.catalogue import profile_of, read_profile, shipped, shipped_names, told
from handrail.profiles.grammar import Grammar
from handrail.profiles.profile import Level

WANTED = (
    "git find tar sed awk sort xargs rsync curl wget ssh python node npm pip make docker kubectl "
    "psql sqlite3 ffmpeg jq rg grep tee cp mv ln env nice timeout less vim zip gzip openssl go "
    "cargo pytest"
)


@pytest.mark.parametrize("name", shipped_names())
def test_a_profile_loads_with_all_its_subcommands(name: str) -> None:
    profile = shipped(name)
    assert profile is not None
    waiting = [Grammar.of(profile)]
    while waiting:
        waiting += [grammar for _, grammar in waiting.pop().commands.values()]


def test_the_common_programs_are_known() -> None:
    assert [name for name in WANTED.split() if shipped(name) is None] == []


def test_no_two_profiles_claim_a_name() -> None:
    claimed: dict[str, str] = {}
    for name in shipped_names():
        profile = shipped(name)
        assert profile is not None
        for other in {name, *profile.names}:
            assert claimed.setdefault(other, name) == name, other


def test_a_version_does_not_matter() -> None:
    assert shipped("python3.11") is shipped("python3") is shipped("python")
    assert shipped("nonesuch") is None


def test_a_program_goes_by_the_name_that_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "bash").touch()
    (tmp_path / "ls").symlink_to("bash")
    assert profile_of(tmp_path / "ls") is shipped("bash")
    (tmp_path / "npm-cli.js").touch()
    (tmp_path / "npm").symlink_to("npm-cli.js")
    assert profile_of(tmp_path / "npm") is shipped("npm")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('operand = ["read"]\n', 'own.toml:1:1: unknown key "operand"; did you mean "operands"?'),
        ("[command.x]\neffekt = 1\n", 'own.toml:2:1: unknown key "effekt"; did you mean "effect"?'),
        ('operands = ["reed"]\n', "own.toml:1:13: operands.0: Input should be"),
        ('[options]\nmaybe = ["-x"]\n', 'no option can have the role "maybe"'),
        ('operands = ["flag"]\n', 'no operand can have the role "flag"'),
        ('uses = ["diff"]\n', "there is no [groups.diff]"),
        ("[refuse]\n'(' = \"x\"\n", "not a regular expression"),
        ("effect = read\n", "own.toml:1:10:"),
    ],
)
def test_a_mistake_in_a_profile_is_told_with_its_place(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(SpecError) as wrong:
        read_profile(tmp_path / "own.toml")
    assert said in "; ".join(map(told, wrong.value.diagnostics))


LONG = 131_071
STARTS = ["vacuum ", "copy ", "program ", "a", " ", ".", "$(", "@", "a:", "/", "''", "\n", "-"]


def test_no_word_keeps_a_profile_busy() -> None:
    """What callers give is as long as Linux takes; the patterns must not take that to the power."""
    patterns = {
        pattern
        for name in shipped_names()
        for level in _levels(shipped(name))
        for pattern in (*level.refuse, *(level.language.refuse if level.language else ()))
    }
    assert len(patterns) > 30
    for pattern in patterns:
        for start in STARTS:
            re.search(pattern, (start * LONG)[:LONG] + "!")


def _levels(level: Level | None) -> Iterator[Level]:
    assert level is not None
    yield level
    for inner in level.command.values():
        yield from _levels(inner)
