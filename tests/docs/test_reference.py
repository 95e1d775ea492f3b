"""The reference documents name everything that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from handrail import errors
from handrail.process.outcome import Ending
from handrail.profiles.profile import OF_OPERANDS, OF_OPTIONS, Profile
from handrail.sandbox.evidence import FORBIDDEN, NEEDED
from handrail.spec.param import ParamSpec
from handrail.spec.server import ConfinementTable, LimitsTable, ServerSpec, Tier
from handrail.spec.tool import CommandSpec, FreeSpec, ToolSpec

_DOCS = Path(__file__).parents[2] / "docs"


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w+", (_DOCS / name).read_text()))


@pytest.mark.parametrize(
    "table",
    [ServerSpec, ConfinementTable, LimitsTable, ToolSpec, CommandSpec, FreeSpec, ParamSpec],
    ids=lambda t: t.__name__,
)
def test_every_key_of_the_server_file_is_described(table: type[BaseModel]) -> None:
    keys = {field.alias or name for name, field in table.model_fields.items()}

    assert keys - _words("server-file.md") - {"tool"} == set()


def test_every_key_and_role_of_a_profile_is_described() -> None:
    assert {*Profile.model_fields, *OF_OPTIONS, *OF_OPERANDS} - _words("profiles.md") == set()


def test_every_code_is_described() -> None:
    codes = {error.code for error in errors.CallError.__subclasses__()}

    assert codes - _words("results.md") == set()


def test_every_ending_is_described() -> None:
    assert {ending.kind for ending in Ending.__args__} - _words("results.md") == set()


def test_what_a_probe_tries_is_described_with_the_tiers_that_deny_it() -> None:
    tiers = list(Tier)[:-1]
    expected = [
        *(
            _row(each.words, [not tier.at_least(each.denied_from) for tier in tiers])
            for each in FORBIDDEN
        ),
        *(_row(words, [True] * len(tiers)) for words in NEEDED.values()),
    ]
    described = (_DOCS / "confinement.md").read_text().splitlines()

    assert [row for row in described if row.endswith(("| yes |", "| no |"))] == expected


def _row(words: str, could: list[bool]) -> str:
    return " | ".join([f"| {words}", *("yes" if each else "no" for each in could)]) + " |"
