"""An example command becomes a declared tool."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from handrail.errors import UsageError
from handrail.profiles.catalogue import profile_of, shipped
from handrail.profiles.read import Setting, read
from handrail.profiles.reading import Reading
from handrail.profiles.role import Role
from handrail.profiles.scan import is_option
from handrail.scaffold.classify import taken_apart
from handrail.scaffold.declaring import Declaring
from handrail.scaffold.draft import AS_IT_IS, Draft, Word
from handrail.scaffold.draft_notes import notes
from handrail.scaffold.effects import effect_of, reaches_out
from handrail.scaffold.imports.vetting import vetted
from handrail.scaffold.imports.wording import cleaned, tool_name
from handrail.scaffold.output_format import parse_of
from handrail.scaffold.split import split
from handrail.spec.tool import Effect

_MOST_TOLD, _LONGEST_TOLD = 2, 24
"""Words that a tool is called by, beside its program's, and their characters."""


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
    given = split(command)
    env, words = given.env, list(given.words)
    program = words[0].rpartition("/")[2]
    profile = shipped(program) if "/" not in words[0] else profile_of(Path(words[0]))
    taken = taken_apart(program, words[1:], profile)
    reading = read(program, words[1:], Setting({program: profile}, free=False))
    _refuse_others(program, reading)
    effect = effect_of(reading)
    declared = Declaring(taken, fixed=frozenset(fixed), flags=frozenset(flags)).declared()
    tool = {
        "name": name or _name(taken.path, declared.words),
        "description": declared.description,
        "program": program,
        "args": declared.args,
        **({} if effect is Effect.READ else {"effect": effect.value}),
        **({"network": True} if reaches_out(reading) else {}),
        **({"parse": parse} if (parse := parse_of(program, taken.pieces)) else {}),
        **({"env": env} if env else {}),
        "params": declared.params,
        "example": [{"args": declared.example}],
    }
    draft = Draft(
        {key: value for key, value in tool.items() if value not in ({}, [], [{"args": {}}])},
        {program: {"path": words[0]} if "/" in words[0] else {}},
        declared.words,
        tuple(notes(given, taken, tool, reading)),
    )
    return _accepted(draft)


def _name(path: Sequence[str], words: Sequence[Word]) -> str:
    """`git_log`, `make_test`: the program, its subcommand, and what it is told to do."""
    kept = (word.given for word in words if word.meaning == AS_IT_IS)
    told = [one for one in kept if len(one) <= _LONGEST_TOLD]
    return tool_name(*(Path(one).stem for one in path), *told[:_MOST_TOLD])


def _refuse_others(program: str, reading: Reading | None) -> None:
    """Refuse a command that starts further programs, as `find -exec` does."""
    for use in reading.uses if reading is not None else ():
        if use.role is Role.RUN and use.name != "operand" and not is_option(use.name):
            other = cleaned(use.name, 60)
            raise UsageError(
                f'"{program}" would start "{other}", which the tool does not name',
                hint=f'Make a tool of "{other}" by itself, or one that takes `programs`.',
            )


def _accepted(draft: Draft) -> Draft:
    """The draft as `handrail check` will accept it. Raises `UsageError` when it would not."""
    kept, dropped = vetted([draft])
    if not kept:
        reason = dropped[0].partition(": ")[2]
        raise UsageError(f"{shlex.quote(draft.name)} can be no tool: {reason}")
    return replace(kept[0], words=draft.words)
