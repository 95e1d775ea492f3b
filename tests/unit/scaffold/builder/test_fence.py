"""A draft is examined without a look at anything outside the folder, and nothing of it runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from handrail.scaffold.builder.examined import Examined, as_data, examined
from handrail.scaffold.builder.explain import explain_tool
from handrail.scaffold.builder.fence import Fence
from handrail.scaffold.surroundings import look
from tests.running import hand_over

SECRET = "hunter2-and-more"
_TOOL = """
[[tool]]
name = "show"
description = "Show a word."
program = "echo"
args = ["{word}"]
params = { word = { required = true, max_length = 99 } }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the server file, and a file outside that nobody may learn of."""
    folder = tmp_path / "project"
    folder.mkdir()
    hand_over(folder)
    (tmp_path / "outside.toml").write_text(f'{SECRET} = "{SECRET}"\n')
    return folder


def look_at(folder: Path, text: str, *, programs: str = "[programs]\necho = {}\n") -> Examined:
    """What is said of a draft."""
    return examined(f"config_version = 1\n{programs}{text}", Fence(look(folder)))


def told(found: Examined) -> str:
    """All of it, as text."""
    return json.dumps([as_data(found.findings), list(found.notes)])


def test_a_draft_is_examined_on_this_machine(folder: Path) -> None:
    found = look_at(folder, _TOOL)

    assert found.host is not None
    assert found.means is not None
    assert [one.code for one in found.findings if one.is_error] == []


def test_what_is_wrong_has_its_line(folder: Path) -> None:
    found = look_at(folder, _TOOL.replace("echo", "no-such-program-here"), programs="")

    places = {one["where"]: one["code"] for one in as_data(found.findings)}
    assert "handrail.toml:6:11" in places
    assert found.broken


@pytest.mark.parametrize(
    ("named", "key"),
    [
        ('[workspace]\nroot = "../"\n', "workspace.root"),
        ('[workspace]\nroot = "/etc"\n', "workspace.root"),
        (_TOOL + 'readable = ["../outside.toml"]\n', "tool[0].readable[0]"),
        (_TOOL + 'effect = "write"\nwritable = [".", "/srv"]\n', "tool[0].writable[1]"),
    ],
)
def test_nothing_beyond_the_folder_is_looked_at(folder: Path, named: str, key: str) -> None:
    found = look_at(folder, named)

    assert found.host is None
    assert found.notes == [f"Not looked at here, since {key} leads out of the folder."]


@pytest.mark.parametrize("path", ["../outside.sh", "/no/such/program", "sub/../../outside.sh"])
def test_it_cannot_be_found_out_which_files_there_are(folder: Path, path: str) -> None:
    outside = folder.parent / "outside.sh"
    programs = f'[programs]\necho = {{ path = "{path}" }}\n'
    before = told(look_at(folder, _TOOL, programs=programs))
    outside.write_text("#!/bin/sh\n")
    outside.chmod(0o755)

    assert told(look_at(folder, _TOOL, programs=programs)) == before
    assert "programs.echo.path leads out" in before


def test_a_link_in_the_folder_leads_out_as_well(folder: Path) -> None:
    (folder / "link").symlink_to(folder.parent)

    found = look_at(folder, '[workspace]\nroot = "link"\n')

    assert found.host is None


def test_no_profile_from_elsewhere_is_read(folder: Path) -> None:
    (folder / "link.toml").symlink_to(folder.parent / "outside.toml")
    for path in ("../outside.toml", "./link.toml"):
        programs = f'[programs]\necho = {{ profile = "{path}" }}\n'
        assert SECRET not in told(look_at(folder, _TOOL, programs=programs))


def test_programs_of_the_path_may_be_named_by_theirs(folder: Path) -> None:
    found = look_at(folder, _TOOL, programs='[programs]\necho = { path = "/usr/bin/echo" }\n')

    assert found.host is not None


def test_the_repository_may_be_the_workspace(folder: Path) -> None:
    (folder.parent / ".git").mkdir()

    assert look_at(folder, '[workspace]\nroot = ".."\n').notes == []


def test_no_secret_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", SECRET)
    secrets = (
        '[secrets]\nA = { env = "API_TOKEN" }\nB = { file = "../outside.toml" }\n'
        'C = { file = "/no/such/file" }\nD = { env = "NOT_SET_ANYWHERE" }\n'
    )
    uses = 'env = { A = { secret = "A" }, B = { secret = "B" } }\n'
    found = look_at(folder, secrets + _TOOL + uses)

    assert found.host is not None
    assert SECRET not in "".join(found.host.secrets.values())
    assert "E322" not in told(found)
    assert "E321" not in told(found)


def test_no_variable_of_the_server_is_put_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", SECRET)
    found = look_at(folder, '[workspace]\nroot = "${API_TOKEN}"\n' + _TOOL)

    assert SECRET not in told(found)
    assert "E304" not in told(found)
    assert any("when the server starts" in note for note in found.notes)


def test_nothing_of_the_draft_runs(folder: Path) -> None:
    program = folder / "tool.sh"
    program.write_text(f"#!/bin/sh\ntouch {folder}/ran\necho 9.9\n")
    program.chmod(0o755)
    programs = '[programs]\necho = { path = "./tool.sh", min_version = "99" }\n'
    found = look_at(folder, _TOOL, programs=programs)

    assert found.host is not None
    # It was not even asked how old it is.
    assert [one.message for one in found.findings if one.is_error] == []
    assert not (folder / "ran").exists()


async def test_an_explanation_names_variables_without_their_values(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_TOKEN", SECRET)
    secrets = '[secrets]\nAPI_TOKEN = { env = "API_TOKEN" }\n'
    text = f"config_version = 1\n[programs]\necho = {{}}\n{secrets}{_TOOL}"
    text += 'env = { API_TOKEN = { secret = "API_TOKEN" } }\n'
    given = {"tool": "show", "arguments": {"word": SECRET}, "text": text}
    result = await explain_tool(folder).run(given)

    facts = result.structured_content
    assert facts is not None
    assert "API_TOKEN" in facts["env"]
    # A guess at a secret looks as every other text does.
    assert facts["argv"][1:] == [SECRET]
    assert facts["verdict"]["decision"] == "allow"
