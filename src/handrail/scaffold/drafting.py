"""An example command becomes a declared tool."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from handrail.errors import UsageError
from handrail.profiles.catalogue import profile_of, shipped
from handrail.profiles.profile import Profile
from handrail.profiles.read import Setting, read
from handrail.profiles.role import Role
from handrail.scaffold.classify import Command, taken_apart
from handrail.scaffold.declaring import Declaring
from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.shell_line import NotPlain, words_of
from handrail.scaffold.imports.vetting import vetted
from handrail.scaffold.imports.wording import cleaned, listed, tool_name
from handrail.spec.tool import Effect

_LONGEST = 4_096
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=([^\s'\"\\$`|&;<>()]*)\s+")
_WRITING = {Role.WRITE, Role.WRITES, Role.LOCAL_WRITE}
_DESTROYING = {Role.DESTROY, Role.DESTROYS}
_REACHING = {Role.URL, Role.NETWORK}
_FORMATS = {"-o", "--output", "--format", "--output-format"}
_HINT = (
    "Give one program with its words. Each command of a pipe becomes a tool of its own, or a tool "
    "with `programs` takes whole pipelines."
)


def drafted(
    command: str,
    *,
    name: str | None = None,
    fixed: Collection[str] = (),
    flags: Collection[str] = (),
) -> Draft:
    """The tool that `command` is an example of.

    Its values become params, its flags stay as they are; but for `fixed` params, which stay, and
    `flags` (`--stat`), which callers may leave out. Raises `UsageError` for what is more than one
    plain command, or what no tool may run.
    """
    env, words = _words(command)
    program = words[0].rpartition("/")[2]
    profile = shipped(program) if "/" not in words[0] else profile_of(Path(words[0]))
    taken = taken_apart(program, words[1:], profile)
    declared = Declaring(taken, fixed=frozenset(fixed), flags=frozenset(flags)).declared()
    tool = {
        "name": name or tool_name(*(Path(one).stem for one in taken.path)),
        "description": declared.description,
        "program": program,
        "args": declared.args,
        **_nature(program, words[1:], profile),
        **({"env": env} if env else {}),
        "params": declared.params,
        "example": [{"args": declared.example}],
    }
    draft = Draft(
        {key: value for key, value in tool.items() if value not in ({}, [], [{"args": {}}])},
        {program: {"path": words[0]} if "/" in words[0] else {}},
        declared.words,
        tuple(_notes(words[0], taken, tool)),
    )
    return _accepted(draft)


def _words(command: str) -> tuple[dict[str, str], list[str]]:
    """Variables that are set before the program, and the program with its arguments."""
    if len(command) > _LONGEST or not command.isprintable():
        raise UsageError(
            f"a command is one line that can be printed, of at most {_LONGEST} characters"
        )
    env = {}
    line = command.strip()
    while found := _ASSIGNMENT.match(line):
        env[found[1]], line = found[2], line[found.end() :]
    try:
        return env, words_of(line)
    except NotPlain as reason:
        raise UsageError(
            f"{cleaned(command, 80)!r} is no plain command: {reason}", hint=_HINT
        ) from None


def _nature(program: str, words: list[str], profile: Profile | None) -> dict[str, object]:
    """Effect and network, as the example has them."""
    reading = read(program, words, Setting({program: profile}, free=False))
    if reading is None:
        return {}
    roles = {use.role for use in reading.uses}
    effects = {use.value or use.name for use in reading.uses if use.role is Role.EFFECT}
    nature: dict[str, object] = {}
    if roles & _DESTROYING or Effect.DESTRUCTIVE.value in effects:
        nature["effect"] = Effect.DESTRUCTIVE.value
    elif roles & _WRITING or Effect.WRITE.value in effects:
        nature["effect"] = Effect.WRITE.value
    if roles & _REACHING:
        nature["network"] = True
    if any(use.name in _FORMATS and use.value == "json" for use in reading.uses):
        nature["parse"] = "json"
    return nature


def _notes(given: str, taken: Command, tool: dict[str, object]) -> list[str]:
    notes = []
    if shutil.which(given) is None:
        notes.append(f'"{cleaned(given, 60)}" is not installed here.')
    if taken.grammar is None:
        guessed = f" Read by their looks: {listed(list(taken.guessed))}." if taken.guessed else ""
        notes.append(f'Nothing is known of "{taken.path[0]}": say its effect.{guessed}')
    if tool.get("network"):
        notes.append("It may use the network, and the system tells no host from another.")
    return notes


def _accepted(draft: Draft) -> Draft:
    """The draft as `handrail check` will accept it. Raises `UsageError` when it would not."""
    kept, dropped = vetted([draft])
    if not kept:
        reason = dropped[0].partition(": ")[2]
        raise UsageError(f"{shlex.quote(draft.name)} can be no tool: {reason}")
    return replace(kept[0], words=draft.words)
