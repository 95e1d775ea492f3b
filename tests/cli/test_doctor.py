"""`handrail doctor`: what this machine confines with, and how to get more."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from handrail.cli.main import run
from handrail.cli.report import told
from handrail.process import tiers
from handrail.process.hierarchy import UNIFIED, own_group
from handrail.sandbox.evidence import FORBIDDEN, NEEDED
from tests.cli.terminal import Printed, handrail
from tests.lacking import without_landlock
from tests.running import STRANGER, hand_over

_FILE = """
config_version = 1
[programs]
true = {}
[[tool]]
name = "t"
description = "Nothing."
program = "true"
"""
LIKE_DOCKER = (sys.executable, str(Path(__file__).parents[1] / "attacks" / "like_docker.py"))

SAYING_ITS_PID = ("/bin/sh", "-c", 'echo $$ > pid; exec "$@"', "sh")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Without a server file, and with a folder of its own for what doctor makes meanwhile."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp").chmod(0o1777)
    return tmp_path


def doctor(folder: Path, *words: str, **others: Any) -> Printed:
    return handrail("doctor", *words, folder=folder, TMPDIR=str(folder / "tmp"), **others)


def facts(folder: Path, *words: str, **others: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(doctor(folder, "--json", *words, **others).out)
    return found


def test_this_machine_has_every_tier_and_each_was_tried(folder: Path) -> None:
    found = facts(folder)

    assert (found["fit"], found["strongest"], found["file"]) == (True, "namespaces", None)
    assert list(found["tiers"]) == ["namespaces", "landlock", "rlimits"]
    names = {attempt.name for attempt in FORBIDDEN} | NEEDED.keys()
    for tier in found["tiers"].values():
        assert (tier["holds"], tier["shortcomings"], tier["advice"]) == (True, [], [])
        assert tier["met"].keys() == names


def test_the_shape_of_its_json(folder: Path) -> None:
    (folder / "handrail.toml").write_text(_FILE)
    found = facts(folder)

    assert set(found) == {
        *("fit", "strongest", "machine", "users", "cgroups", "file", "tiers", "not_covered"),
    }
    assert set(found["machine"]) == {"kernel", "machine", "landlock", "bwrap"}
    assert set(found["users"]) == {"server", "commands"}
    assert set(found["cgroups"]) == {"version", "why"}
    assert set(found["file"]) == {"path", "require", "use", "tier", "problems"}


def test_errors_are_told_by_name_and_facts_as_facts(folder: Path) -> None:
    met = facts(folder)["tiers"]["landlock"]["met"]

    uid = 65534 if os.geteuid() == 0 else os.geteuid()
    assert met["root"] == f"uid {uid}, no capabilities"
    assert met["new_privileges"] == "no_new_privs, for good"
    assert met["unlimited"] == "Operation not permitted (EPERM)"
    assert met["read_outside"] == "Permission denied (EACCES)"
    assert met["read_inside"] == "succeeded"


def test_it_leaves_nothing_behind(folder: Path) -> None:
    assert doctor(folder, under=SAYING_ITS_PID).code == 0
    pid = (folder / "pid").read_text().strip()
    groups = [group for name in ("memory", "pids", UNIFIED) if (group := own_group(name))]
    assert [found for group in groups for found in group.glob(f"handrail-{pid}-*")] == []
    assert list((folder / "tmp").iterdir()) == []


def test_no_line_is_longer_than_the_screen(folder: Path) -> None:
    narrow = doctor(folder).out.splitlines()
    wide = doctor(folder, COLUMNS="130").out.splitlines()

    def longest(lines: list[str]) -> int:
        return max(len(line) for line in lines if len(line.split()) > 1)  # else it is one path

    assert longest(narrow) <= 80 < longest(wide) <= 130
    (line,) = (one for one in narrow if one.startswith("read a file outside"))
    assert line.split()[-3:] == ["no", "no", "yes"]
    (line,) = (one for one in wide if one.startswith("read a file outside"))
    assert line.split()[-5:] == ["no", "(ENOENT)", "no", "(EACCES)", "yes"]


def test_why_a_tier_does_not_hold_is_marked_in_the_table(folder: Path) -> None:
    found = facts(folder)
    met = found["tiers"]["landlock"]["met"]
    met["read_outside"] = "succeeded"
    met["read_inside"] = "Permission denied (EACCES)"
    lines = list(told(found, 130))

    def row(words: str) -> list[str]:
        return next(line.split() for line in lines if line.startswith(words))

    assert row("read a file outside")[-4:] == ["no", "(ENOENT)", "yes!", "yes"]
    assert row("read the workspace")[-4:] == ["yes", "no!", "(EACCES)", "yes"]
    assert lines[-1] == "! is why the tier does not hold."


def test_without_bwrap_it_says_how_to_get_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(tiers, "_BWRAP_FOLDERS", (str(folder),))
    assert run(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)

    assert found["strongest"] == "landlock"
    assert found["machine"]["bwrap"] is None
    missing = found["tiers"]["namespaces"]
    assert missing["holds"] is False
    assert "bwrap" in missing["shortcomings"][0]
    assert "apt install bubblewrap" in missing["advice"][0]
    assert any("can be seen" in gap for gap in found["not_covered"])


def test_without_landlock_the_machine_is_not_fit(folder: Path) -> None:
    printed = doctor(folder, under=without_landlock())

    assert printed.code == 1
    assert "Landlock none" in printed.out
    assert "strongest   rlimits" in printed.out
    assert "landlock    does not hold here" in printed.out
    assert "lsm=landlock" in printed.out
    assert "files and the network: commands may use all" in printed.out


def test_in_a_container_landlock_is_the_tier_to_use(folder: Path) -> None:
    printed = doctor(folder, under=LIKE_DOCKER)

    assert printed.code == 0
    assert "strongest   landlock" in printed.out
    assert "In a container, namespaces stay closed" in printed.out


def test_a_file_is_judged_with_its_user_and_what_it_requires(folder: Path) -> None:
    (folder / "handrail.toml").write_text(f'{_FILE}[confinement]\nuse = "landlock"\n')
    hand_over(folder)
    found = facts(folder)

    assert found["fit"] is True
    assert found["file"] == {
        "path": str(folder / "handrail.toml"),
        "require": "landlock",
        "use": "landlock",
        "tier": "landlock",
        "problems": [],
    }
    if os.geteuid() == 0:
        assert found["users"] == {"server": "root (0)", "commands": str(STRANGER)}


def test_a_file_that_asks_for_too_much_is_not_fit(folder: Path) -> None:
    (folder / "handrail.toml").write_text(f'{_FILE}[confinement]\nrequire = "landlock"\n')
    printed = doctor(folder, under=without_landlock())

    assert printed.code == 1
    assert "requires landlock and gets none that will do" in printed.out
    assert "handrail.toml:10:11 error[E142] confinement_unavailable:" in " ".join(
        printed.out.split()
    )


def test_every_problem_of_the_file_is_told_with_its_place(folder: Path) -> None:
    (folder / "handrail.toml").write_text(f'{_FILE}timout = "1s"\n')
    printed = doctor(folder)

    assert printed.code == 1
    assert "handrail.toml:9:1 error[E101]" in printed.out
    assert [one["code"] for one in facts(folder)["file"]["problems"]] == ["E101"]


def test_a_program_that_is_too_old_is_a_problem_too(folder: Path) -> None:
    program = folder / "old"
    program.write_text("#!/bin/sh\necho old 1.5\n")
    program.chmod(0o755)
    text = _FILE.replace("true = {}", 'true = { path = "old", min_version = "2.0" }')
    (folder / "handrail.toml").write_text(text)

    assert [one["code"] for one in facts(folder)["file"]["problems"]] == ["E414"]


@pytest.mark.parametrize("words", [["nowhere.toml"], ["--bogus"]])
def test_wrong_usage_exits_with_2(folder: Path, words: list[str]) -> None:
    printed = doctor(folder, *words)

    assert (printed.code, printed.out) == (2, "")
    assert "hint: " in printed.err
