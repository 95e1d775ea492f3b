"""Programs are found once, and are the same file ever after."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from handrail.errors import SpawnFailed
from handrail.plan.program import Program, find, is_program


@pytest.fixture
def script(tmp_path: Path) -> Path:
    script = tmp_path / "deploy"
    script.write_text("#!/bin/sh\necho deployed\n")
    script.chmod(0o755)
    return script


def test_an_unchanged_program_passes(script: Path) -> None:
    program = Program.at("deploy", script)
    script.read_text()
    os.link(script, script.with_name("another-name"))
    program.recheck()


def _replace(script: Path) -> None:
    new = script.with_name("new")
    new.write_text(script.read_text())
    new.chmod(0o755)
    new.rename(script)


def _write_over(script: Path) -> None:
    with script.open("r+") as file:
        file.write("#!/bin/sh\necho pwned___\n")


EXCHANGES: list[tuple[Callable[[Path], object], str]] = [
    (_replace, "deploy was changed since the server started"),
    (_write_over, "deploy was changed since the server started"),
    (lambda script: script.chmod(0o4755), "deploy was changed since the server started"),
    (lambda script: script.chmod(0o777), "deploy was changed since the server started"),
    (Path.unlink, "deploy is gone since the server started: No such file or directory"),
]


@pytest.mark.parametrize(("exchange", "message"), EXCHANGES)
def test_a_program_that_was_exchanged_is_refused(
    script: Path, exchange: Callable[[Path], object], message: str
) -> None:
    program = Program.at("deploy", script)
    exchange(script)
    with pytest.raises(SpawnFailed) as refused:
        program.recheck()
    assert refused.value.message == message


def test_a_link_that_leads_elsewhere_now_is_refused(script: Path) -> None:
    link = script.with_name("link")
    link.symlink_to(script)
    program = Program.at("link", link)
    link.unlink()
    link.symlink_to("/bin/sh")
    with pytest.raises(SpawnFailed):
        program.recheck()


def test_a_program_keeps_the_name_it_was_found_by(script: Path) -> None:
    link = script.with_name("link")
    link.symlink_to(script)
    assert Program.at("link", link).path == link


def test_the_first_executable_file_on_the_path_is_found(script: Path) -> None:
    (script.parent / "a" / "deploy").mkdir(parents=True)
    (script.parent / "b").mkdir()
    (script.parent / "b" / "deploy").touch(mode=0o644)
    folders = f"relative:.::{script.parent}/a:{script.parent}/b:{script.parent}"
    assert find("deploy", folders) == script
    assert find("sh", str(script.parent)) is None


def test_what_a_program_is(script: Path) -> None:
    assert is_program(script)
    assert not is_program(script.parent)
    assert not is_program(Path("/dev/null"))
    assert not is_program(script / "below-a-file")
