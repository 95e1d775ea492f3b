"""What to type once a server file is written, and what to type to write it again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from handrail.scaffold.answers import Answers
from handrail.scaffold.extra import needs_wizard
from handrail.scaffold.questions import PARTS
from handrail.scaffold.set_words import set_document
from handrail.scaffold.settled import Settled
from handrail.scaffold.toml_text import item

_FIRST = ("git_status", "list_files", "find_files")
"""Tools that have something to tell in any workspace."""


def next_steps(settled: Settled, file: Path, call: str | None) -> list[str]:
    """Commands to check, to call, to connect. `call` is one that calls a tool."""
    here = file.parent.absolute() == Path.cwd()
    named, by_option = ([], []) if here else ([str(file)], ["--file", str(file)])
    steps = [["handrail", "check", *named]]
    if call is not None:
        steps.append([*shlex.split(call), *by_option])
    if settled.runs == "stdio":
        steps.append(["handrail", "client", "claude-code", *by_option])
    else:
        if settled.auth == "keys":
            steps.append(["handrail", "key", "new", "ann", "--role", "developer", *by_option])
        form = [] if settled.logging == "json" else ["--log-format", "plain"]
        steps.append(["handrail", "serve", *named, "--http", "127.0.0.1:8000", *form])
    return [shlex.join(step) for step in steps]


def first_tool(names: Sequence[str]) -> str | None:
    """The tool to try first."""
    return next((name for name in (*_FIRST, *names) if name in names), None)


def same_again(folder: Path, options: Sequence[str], given: Answers, answers: Answers) -> str:
    """The command that writes this file without asking: with `options`, which say `given`."""
    words = ["handrail", "new", *([] if folder == Path() else [str(folder)]), *options, "--yes"]
    for _, part in PARTS:
        value = answers.said(part.key)
        if value is not None and given.said(part.key) is None and not _is_table(value, part.key):
            words += ["--set", _set_word(part.key, value)]
    return shlex.join(words)


def _is_table(value: Any, key: str) -> bool:
    """Whether other questions fill it."""
    return isinstance(value, Mapping) and key == "auth"


def _set_word(key: str, value: Any) -> str:
    """The shortest way to say it: as plain text where that means the same."""
    text = value[0] if isinstance(value, list) and len(value) == 1 else value
    plain = f"{key}={text}"
    if not isinstance(text, list) and Answers(set_document([plain]).data).said(key) == value:
        return plain
    name, _, written = line(key, value).partition(" = ")
    return f"{name}={written}"


def line(key: str, value: Any) -> str:
    """`server.name = "x"`: an answer as a line of an answers file."""
    with needs_wizard():
        import tomlkit
    document = tomlkit.document()
    document.add(tomlkit.key(key.split(".")), item(value))
    return tomlkit.dumps(document).strip()
