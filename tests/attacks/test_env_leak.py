"""A command learns nothing from its server but what its plan says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.builders import confined, sh
from tests.running import run_one, said


async def test_the_servers_environment_does_not_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "leak")
    monkeypatch.setenv("LD_PRELOAD", "")
    stdout, _ = said(await run_one(confined("/usr/bin/env"), tmp_path))
    names = sorted(line.partition("=")[0] for line in stdout.decode().splitlines())
    assert names == ["HOME", "LANG", "NO_COLOR", "PATH", "TERM", "TMPDIR", "TZ"]


async def test_the_zygote_has_nothing_in_its_environment_to_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "leak")
    stdout, _ = said(await run_one(sh("tr '\\0' '\\n' < /proc/$PPID/environ"), tmp_path))
    # Python itself may add its locale.
    assert b"leak" not in stdout
    assert b"AWS" not in stdout


async def test_no_descriptor_passes_but_the_three_streams(tmp_path: Path) -> None:
    """The zygote's own socket above all: whoever has it can speak to the server as a zygote."""
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    try:
        stdout, _ = said(await run_one(confined("/bin/ls", "/proc/self/fd"), tmp_path))
    finally:
        os.close(reader)
        os.close(writer)
    # The fourth is that of the listing itself.
    assert stdout.split() == [b"0", b"1", b"2", b"3"]


async def test_a_command_cannot_read_the_servers_standard_input(tmp_path: Path) -> None:
    stdout, _ = said(await run_one(sh("readlink /proc/self/fd/0; cat"), tmp_path))
    assert stdout == b"/dev/null\n"
