"""docs/diagnostics.md tells the truth: every example is run, and every code is there."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.cli.main import run
from handrail.diagnostic import Finding
from handrail.errors import SpecError
from handrail.lint.lint import lint
from handrail.plan import extras
from handrail.plan.host import survey
from handrail.plan.runtime import Runtime
from handrail.plan.unreachable import unreachable
from handrail.plan.user import User
from handrail.process import tiers
from handrail.profiles.catalogue import read_profile
from handrail.spec.load import read
from handrail.spec.server import ServerSpec
from tests.builders import host, server
from tests.running import hand_over

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "docs" / "diagnostics.md").read_text()
SOURCE = ROOT / "src" / "handrail"

FILE = """
config_version = 1
[programs]
git = {}
[[tool]]
name = "log"
description = "The history."
program = "git"
"""
NO_TOOLS = "config_version = 1\n"


def rows(columns: int) -> Iterator[list[str]]:
    for line in DOCUMENT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if re.fullmatch(r"E\d{3}", cells[0].strip()) and len(cells) == columns:
            yield [cell.strip("| ") for cell in cells]


EXAMPLES = [(code, wrong, right) for code, _, wrong, right in rows(4)]


def as_file(example: str) -> str:
    if example.startswith("("):
        return NO_TOOLS
    lines = re.findall("`([^`]+)`", example)
    at_the_top = [line for line in lines if line.startswith("use = [")]
    rest = [line for line in lines if line not in at_the_top]
    return "\n".join([*at_the_top, FILE, *rest])


def codes(folder: Path, text: str) -> set[str]:
    file = folder / "handrail.toml"
    file.write_text(text)
    return {found.code for found in read(file, {}).judge(lint)}


@pytest.mark.parametrize(("code", "wrong", "right"), EXAMPLES, ids=[row[0] for row in EXAMPLES])
def test_the_wrong_example_gives_its_code_alone_and_the_right_one_none(
    tmp_path: Path, code: str, wrong: str, right: str
) -> None:
    assert codes(tmp_path, as_file(wrong)) == {code}
    assert codes(tmp_path, as_file(right)) == set()


UNREADABLE: dict[str, tuple[str, bytes]] = {
    "E104": ("missing/handrail.toml", b""),
    "E105": ("handrail.toml", b"\xff"),
    "E108": ("handrail.ini", b"config_version = 1"),
    "E109": ("handrail.toml", b" \n"),
    "E111": ("handrail.yaml", b"config_version: &a 1"),
}


@pytest.mark.parametrize("code", UNREADABLE)
def test_a_file_that_cannot_be_read_gives_its_code(tmp_path: Path, code: str) -> None:
    name, content = UNREADABLE[code]
    if content:
        (tmp_path / name).write_bytes(content)
    assert [found.code for found in read(tmp_path / name, {}).diagnostics] == [code]


WRITING_TOOL = """
[programs.touch]
[[tool]]
name = "touch"
description = "Write."
program = "touch"
effect = "write"
"""
READING_TOOL = WRITING_TOOL.replace("write", "read")
MACHINE = {
    "E143": '[confinement]\nuser = "no-such-user"',
    "E144": '[confinement]\nuser = "root"',
    "E321": '[secrets.TOKEN]\nenv = "NOWHERE"',
    "E322": '[secrets.TOKEN]\nfile = "nowhere"',
    "E401": '[workspace]\nroot = "nowhere"',
    "E402": '[workspace]\nroot = "handrail.toml"',
    "E403": '[workspace]\nroot = "closed"',
    "E404": f'[workspace]\nroot = "readable"\n{WRITING_TOOL}',
    "E405": '[workspace]\nroot = "/"',
    "E406": '[workspace]\nroot = "/proc"',
    "E411": "[programs.no-such-program]",
    "E412": '[programs.git]\npath = "handrail.toml"',
    "E431": f'{READING_TOOL}readable = ["nowhere"]',
    "E432": f'{READING_TOOL}writable = ["/etc"]',
    "E433": f'{READING_TOOL}readable = ["closed"]',
    "E434": f'[workspace]\nroot = "/tmp"\nper_caller = true\n{READING_TOOL}readable = ["/"]',
    "E710": '[programs.sh]\nprofile = "no-such-profile"',
}


@pytest.mark.parametrize("code", MACHINE)
def test_what_this_machine_lacks_gives_its_code(tmp_path: Path, code: str) -> None:
    (tmp_path / "closed").mkdir(mode=0o000)
    (tmp_path / "readable").mkdir(mode=0o555)
    file = tmp_path / "handrail.toml"
    file.write_text(f"config_version = 1\n{MACHINE[code]}")

    def on_this_machine(spec: ServerSpec) -> list[Finding]:
        with_nobodys_rights = os.getuid() == 0
        if with_nobodys_rights:
            os.setresuid(65534, 65534, 0)
        try:
            return survey(spec, file, {"PATH": os.defpath})[1]
        finally:
            if with_nobodys_rights:
                os.setresuid(0, 0, 0)

    found = {each.code for each in read(file, {}).judge(on_this_machine)}
    (tmp_path / "closed").chmod(0o755)  # or only root could remove it
    assert found == {code}


OUT_OF_REACH = {"E415": ("closed/t", "open"), "E416": ("t", "closed/lib")}


@pytest.mark.parametrize("code", OUT_OF_REACH)
def test_what_lies_behind_a_closed_folder_gives_its_code(tmp_path: Path, code: str) -> None:
    closed = tmp_path / "closed"
    (closed / "lib").mkdir(parents=True)
    (closed / "t").touch(mode=0o755)
    (tmp_path / "t").touch(mode=0o755)
    closed.chmod(0o700)
    program, needed = (tmp_path / path for path in OUT_OF_REACH[code])
    here = host(
        tmp_path,
        programs={"t": program},
        runtimes={"t": Runtime("t", readable=(needed,))},
        user=User("3210001", 3_210_001, 3_210_002),
    )
    assert [found.code for found in unreachable(here, server())] == [code]


EXTRAS = {"E827": 'store = "redis://127.0.0.1"'}


@pytest.mark.parametrize("code", EXTRAS)
def test_what_is_not_installed_gives_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _: None)  # as in a bare environment
    file = tmp_path / "handrail.toml"
    file.write_text(f"{FILE}[access]\n{EXTRAS[code]}\n")
    found = read(file, {}).judge(lambda spec: survey(spec, file, {"PATH": os.defpath})[1])
    assert [one.code for one in found] == [code]


VERSIONS = {"E413": "exit 0", "E414": "echo 'old 1.5'"}


@pytest.mark.parametrize("code", VERSIONS)
def test_a_program_of_the_wrong_version_gives_its_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    program, file = tmp_path / "old", tmp_path / "handrail.toml"
    program.write_text(f"#!/bin/sh\n{VERSIONS[code]}\n")
    program.chmod(0o755)
    tool = '[[tool]]\nname = "t"\ndescription = "d"\nprogram = "old"\n'
    versions = '[programs.old]\npath = "old"\nmin_version = "2.0"\n'
    file.write_text(f"config_version = 1\n{versions}{tool}")
    assert run(["check", str(file), "--format", "json"]) == 2
    assert [found["code"] for found in json.loads(capsys.readouterr().out)] == [code]


PROFILES = {"E711": 'operands = ["flag"]'}


@pytest.mark.parametrize("code", PROFILES)
def test_a_mistake_in_a_profile_gives_its_code(tmp_path: Path, code: str) -> None:
    file = tmp_path / "tool.toml"
    file.write_text(PROFILES[code])
    with pytest.raises(SpecError) as wrong:
        read_profile(file)
    assert [found.code for found in wrong.value.diagnostics] == [code]


CONFINEMENT = {"E142": 'require = "namespaces"'}


@pytest.mark.parametrize("code", CONFINEMENT)
def test_a_tier_that_cannot_be_had_gives_its_code(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    code: str,
) -> None:
    monkeypatch.setattr(tiers, "_BWRAP_FOLDERS", (str(tmp_path),))  # a machine without bwrap
    file = tmp_path / "handrail.toml"
    file.write_text(f"{FILE}[confinement]\n{CONFINEMENT[code]}\n")
    assert run(["check", str(file), "--format", "json"]) == 2
    assert [found["code"] for found in json.loads(capsys.readouterr().out)] == [code]


LANDLOCK = {
    "E145": f"{WRITING_TOOL}args = []",
    "E435": f"{WRITING_TOOL}args = []\n[workspace]\nper_caller = true",
}


@pytest.mark.parametrize("code", LANDLOCK)
def test_what_only_the_tier_landlock_cannot_do_gives_its_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    file = tmp_path / "handrail.toml"
    hand_over(tmp_path)
    found = {}
    for tier in ("landlock", "namespaces"):
        file.write_text(f'config_version = 1\n{LANDLOCK[code]}\n[confinement]\nuse = "{tier}"\n')
        assert run(["check", str(file), "--format", "json"]) == 0
        found[tier] = [one["code"] for one in json.loads(capsys.readouterr().out)]
    assert found == {"landlock": [code], "namespaces": []}


def test_every_code_of_the_source_is_documented_and_every_documented_one_is_tested() -> None:
    in_source = {
        code
        for file in SOURCE.rglob("*.py")
        for code in re.findall(r'"(E\d{3})"', file.read_text())
    }
    documented = set(re.findall(r"^\| (E\d{3}) \|", DOCUMENT, re.MULTILINE))
    tested = (
        {row[0] for row in EXAMPLES}
        | UNREADABLE.keys()
        | MACHINE.keys()
        | OUT_OF_REACH.keys()
        | VERSIONS.keys()
        | EXTRAS.keys()
        | CONFINEMENT.keys()
        | LANDLOCK.keys()
        | PROFILES.keys()
    )
    assert in_source == documented == tested
