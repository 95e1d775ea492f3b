"""The first line of a script says which program runs it (execve(2), env(1))."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from handrail.plan.program import find, is_program

SYSTEM_FOLDERS = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin")
"""Where programs of the system are."""

_LONGEST = 256
"""Bytes of the first line that Linux looks at."""


def interpreters(names: Sequence[Path]) -> Iterator[Path]:
    """The programs that the script called `names` is run by; none when it is no script.

    What `env` is asked for is looked for beside the script, then in the system, like what a
    command starts.
    """
    words = _first_line(names[-1])
    if words and is_program(asked := Path(words[0])) and asked.is_absolute():
        yield asked
    if words and Path(words[0]).name == "env" and (name := _asked_of_env(words[1:])):
        found = find(name, ":".join([str(names[0].parent), *SYSTEM_FOLDERS]))
        if found is not None:
            yield found


def _first_line(script: Path) -> list[str]:
    try:
        with script.open("rb") as file:
            line = file.readline(_LONGEST)
    except OSError:
        return []
    return os.fsdecode(line[2:]).split() if line.startswith(b"#!") else []


def _asked_of_env(words: Sequence[str]) -> str | None:
    """The program among `words`, after the options and variables that env(1) takes for itself."""
    plain = (word.removeprefix("-S") for word in words)
    return next((word for word in plain if word and word[0] != "-" and "=" not in word), None)
