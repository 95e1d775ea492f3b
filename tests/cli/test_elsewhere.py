"""Off Linux the command says in one sentence that it does not run there."""

from __future__ import annotations

import subprocess
import sys

import pytest

from handrail.cli.main import run

# What Python has on no Windows, so that importing it there fails.
ABSENT = ("fcntl", "grp", "pty", "pwd", "resource", "termios")
# And what it has, which no other has.
PRESENT = ("_winapi", "msvcrt", "nt", "winreg")
COMMAND = f"""
import sys, types
sys.modules |= dict.fromkeys({ABSENT})
sys.modules |= {{name: types.ModuleType(name) for name in {PRESENT}}}
sys.platform = "win32"
from handrail.cli.main import main
main(["--help"])
"""


@pytest.mark.parametrize(("platform", "name"), [("win32", "Windows"), ("darwin", "macOS")])
def test_it_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], platform: str, name: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert run(["check"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        f"error: handrail does not run on {name}: it confines commands by means of Linux\n"
        "hint: Run it in a Linux container, or in WSL 2.\n"
    )


def test_it_is_said_before_anything_that_windows_lacks_is_imported() -> None:
    # Without -I: this Python finds the package by its environment alone.
    done = subprocess.run([sys.executable, "-c", COMMAND], check=False, capture_output=True)
    assert done.returncode == 2, done.stderr.decode()
    assert done.stdout == b""
    assert done.stderr.startswith(b"error: handrail does not run on Windows")
    assert len(done.stderr.splitlines()) == 2
