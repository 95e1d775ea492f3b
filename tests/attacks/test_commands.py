"""What programs can be talked into by their command lines is refused, turned off, or confined.

Each attack is first seen to work in a plain shell. The policy is on trial by itself at tier
rlimits, where nothing else holds a command; then with confinement, and confinement without it.
"""

from __future__ import annotations

import shutil

import pytest

from tests.attacks.case import Case, cases
from tests.attacks.verdicts import TABLE, answers, row, rows

CASES = [pytest.param(case, id=f"{case.program}: {case.name}") for case in cases()]
README = TABLE.parents[1] / "README.md"
LEAST = 150


def test_there_are_enough_of_them_and_the_table_has_no_others() -> None:
    assert len({case.id for case in CASES}) == len(CASES) >= LEAST
    assert len(rows()) == len(CASES), f"{TABLE}: make attacks-table"
    assert f"Of {len(CASES)} attacks that work" in README.read_text()


@pytest.mark.parametrize("case", CASES)
async def test_an_attack_gets_nowhere_and_the_table_says_why(case: Case) -> None:
    if not shutil.which(case.commands[0][0]):
        pytest.skip(f"{case.commands[0][0]} is not installed; .ci/run says by which package it is")
    found = row(case, await answers(case))
    assert found in rows(), f"{TABLE}: make attacks-table"
