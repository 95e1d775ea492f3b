"""A program that was exchanged since the server started is not run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from handrail.errors import SpawnFailed
from handrail.plan.plan import Plan
from handrail.sandbox.confine import confine
from tests.builders import RLIMITS, host, planned, tool
from tests.running import run_one, said

HONEST = "#!/bin/sh\necho honest > $1\n"
EVIL = "#!/bin/sh\necho evil__ > $1\n"


def plan_of(script: Path) -> Plan:
    declared = tool("{out}", params={"out": {"type": "path"}}, program="deploy")
    machine = host(script.parent, programs={"deploy": script})
    return planned(declared, {"out": "written"}, machine)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    script = tmp_path / "deploy"
    script.write_text(HONEST)
    script.chmod(0o755)
    return script


def _by_rename(script: Path) -> None:
    new = script.with_name("new")
    new.write_text(EVIL)
    new.chmod(0o755)
    new.rename(script)


def _by_link(script: Path) -> None:
    script.unlink()
    script.symlink_to("/bin/sh")


def _in_place(script: Path) -> None:
    script.write_text(EVIL)


def _by_mode(script: Path) -> None:
    script.chmod(0o777)


def _by_owner(script: Path) -> None:
    if os.getuid() == 0:
        os.chown(script, 65534, 65534)
    else:
        script.chmod(0o700)


@pytest.mark.parametrize(
    "exchange", [_by_rename, _by_link, _in_place, _by_mode, _by_owner, Path.unlink]
)
async def test_an_exchanged_program_never_starts(
    script: Path, exchange: Callable[[Path], object]
) -> None:
    plan = plan_of(script)
    exchange(script)
    with pytest.raises(SpawnFailed):
        await run_one(confine(plan, RLIMITS), script.parent / "spool")
    assert not (script.parent / "written").exists()


async def test_the_same_program_starts(script: Path) -> None:
    said(await run_one(confine(plan_of(script), RLIMITS), script.parent / "spool"))
    assert (script.parent / "written").read_text() == "honest\n"


async def test_a_namesake_earlier_on_the_path_is_not_taken(script: Path, tmp_path: Path) -> None:
    plan = plan_of(script)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "deploy").write_text(EVIL)
    (tmp_path / "bin" / "deploy").chmod(0o755)
    assert plan.argv[0] == str(script)
    assert str(tmp_path / "bin") not in plan.env["PATH"]
