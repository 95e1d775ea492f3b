"""`handrail explain` and `handrail inspect`: what would be, without doing it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.terminal import handrail
from tests.running import STRANGER, hand_over

_FILE = """
config_version = 1

[server]
name = "house"

[workspace]
root = "rooms"

[programs]
touch = {}

[secrets]
TOKEN = { env = "TOKEN" }

[[tool]]
name = "mark"
description = "Leave a mark."
program = "touch"
args = ["{place}", "--reference={pin}"]
effect = "write"
idempotent = true
env = { TOKEN = { secret = "TOKEN" } }
params.place = { type = "path", required = true, description = "Where." }
params.pin = { sensitive = true, required = true }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "handrail.toml").write_text(_FILE)
    (tmp_path / "rooms").mkdir()
    hand_over(tmp_path / "rooms")
    return tmp_path


def explain(folder: Path, *words: str) -> str:
    return handrail("explain", "mark", *words, folder=folder, TOKEN="s3cret-token").out


def test_explain_shows_the_plan_and_runs_nothing(folder: Path) -> None:
    facts = json.loads(explain(folder, "place=hall", "pin=1234-5678", "--json"))

    assert facts["argv"][1:] == ["./hall", "--reference=***"]
    assert str(folder / "rooms") == facts["cwd"]
    assert facts["verdict"] == {"decision": "allow", "grounds": []}
    assert not (folder / "rooms" / "hall").exists()


def test_explain_shows_the_confinement_with_every_path(folder: Path) -> None:
    (folder / "rooms" / ".git").mkdir()
    held = json.loads(explain(folder, "place=hall", "pin=1234-5678", "--json"))["confinement"]

    rooms = str(folder / "rooms")
    assert held["tier"] in ("namespaces", "landlock")
    assert held["network"] is False
    assert held["user"] == (str(STRANGER) if os.geteuid() == 0 else "the server's own")
    assert held["runtime"] == "system"
    assert {rooms, "/usr", "/etc/hosts"} <= set(held["readable"])
    assert rooms not in held["executable"]
    assert held["writable"] == [rooms]
    assert held["kept"] == [f"{rooms}/.git"]
    assert held["hidden"] == []


def test_for_a_person_what_every_program_gets_is_one_line(folder: Path) -> None:
    lines = explain(folder, "place=hall", "pin=1234-5678").splitlines()

    told = lines[lines.index("             readable:") + 1 :]
    assert told[0].strip() == str(folder / "rooms")
    assert told[1].strip().startswith("and what every program gets: ")
    assert "/usr" in told[1]
    assert told[2] == "             executable:"
    assert "/etc/hosts" not in "\n".join(lines)


def test_at_a_tier_that_confines_no_files_explain_lists_none(folder: Path) -> None:
    file = folder / "handrail.toml"
    file.write_text(f'{_FILE}[confinement]\nrequire = "rlimits"\nuse = "rlimits"\n')
    held = json.loads(explain(folder, "place=hall", "pin=1", "--json"))["confinement"]

    assert (held["tier"], held["network"]) == ("rlimits", True)
    assert held.keys() == {"tier", "network", "user"}


@pytest.mark.parametrize("command", [["explain", "t"], ["inspect"]])
def test_nothing_is_run_not_even_for_its_version(tmp_path: Path, command: list[str]) -> None:
    program = tmp_path / "tool"
    program.write_text("#!/bin/sh\necho 2.0\n")
    program.chmod(0o755)
    (tmp_path / "handrail.toml").write_text(
        'config_version = 1\n[programs.tool]\npath = "tool"\nmin_version = "3.0"\n'
        '[[tool]]\nname = "t"\ndescription = "d"\nprogram = "tool"\n'
    )

    assert handrail(*command, folder=tmp_path).code == 0
    assert "E414" in handrail("check", folder=tmp_path).out


def test_explain_shows_no_secret(folder: Path) -> None:
    printed = explain(folder, "place=hall", "pin=1234-5678")

    assert "TOKEN = ***" in printed
    assert "s3cret" not in printed
    assert "1234" not in printed


RULES = """
[[rule]]
params = { place = "hall" }
decision = "ask"
reason = "The hall is in use."
[[rule]]
argv = ["touch", { regex = ".*hall" }]
decision = "deny"
reason = "Nobody touches the hall; mark the attic."
[[rule]]
argv = ["rm"]
decision = "deny"
"""


def test_explain_shows_the_verdict_with_its_evidence(folder: Path) -> None:
    (folder / "handrail.toml").write_text(_FILE + RULES)
    told = ("place=hall", "pin=1234-5678")

    assert json.loads(explain(folder, *told, "--json"))["verdict"] == {
        "decision": "deny",
        "grounds": [
            {
                "decision": "ask",
                "reason": "The hall is in use.",
                "source": "rule 1: every call with place",
            },
            {
                "decision": "deny",
                "reason": "Nobody touches the hall; mark the attic.",
                "source": "rule 2: touch /.*hall/",
            },
        ],
    }
    printed = explain(folder, *told)
    assert "verdict      decision = deny" in printed
    assert "deny: Nobody touches the hall; mark the attic. (rule 2: touch /.*hall/)" in printed


def test_a_call_is_refused_for_the_reason_that_explain_shows(folder: Path) -> None:
    (folder / "handrail.toml").write_text(_FILE + RULES)
    called = handrail("call", "mark", "place=hall", "pin=1", folder=folder, TOKEN="s3cret-token")

    assert called.code == 1
    assert called.err.startswith("denied: Nobody touches the hall; mark the attic.")
    assert "That is rule 2 of the server file" in called.err
    assert "in use" not in called.err
    assert not (folder / "rooms" / "hall").exists()


def test_explain_refuses_what_a_call_would_refuse(folder: Path) -> None:
    printed = handrail("explain", "mark", "place=..", "pin=x", folder=folder, TOKEN="s3cret-token")

    assert (printed.code, printed.out) == (1, "")
    assert printed.err.startswith("path_outside_workspace: `place`")


def test_inspect_lists_tools_with_their_params(folder: Path) -> None:
    printed = handrail("inspect", folder=folder, TOKEN="s3cret-token").out

    assert f"house: 1 tools over {folder / 'rooms'}" in printed
    assert "mark  [write]" in printed
    assert "place          path, required  Where." in printed


def test_inspect_json_has_what_clients_see(folder: Path) -> None:
    facts = json.loads(handrail("inspect", "--json", folder=folder, TOKEN="s3cret-token").out)

    (tool,) = facts["tools"]
    assert {"place", "pin"} == set(tool["inputSchema"]["properties"])
    assert tool["annotations"] == {
        "readOnlyHint": False,
        "destructiveHint": False,
        "idempotentHint": True,
        "openWorldHint": False,
    }
