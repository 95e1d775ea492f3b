"""What a program says of itself: its help is asked for, confined, and read."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from handrail.errors import UsageError
from handrail.plan.program import find, is_program
from handrail.process.asking import ask
from handrail.profiles.catalogue import profile_of
from handrail.profiles.grammar import Grammar
from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.found import Found, wanted
from handrail.scaffold.imports.help_draft import drafted
from handrail.scaffold.imports.help_page import Page, read_page
from handrail.scaffold.imports.help_roles import Known
from handrail.scaffold.imports.wording import listed
from handrail.spec.packs import pack
from handrail.spec.tool import CommandSpec
from handrail.spec.use import shipped

MOST_COMMANDS = 8
"""Subcommands that are asked when nobody says which."""
_WAYS_TO_ASK = (("--help",), ("-h",))


def drafts(where: str, only: Sequence[str]) -> Found:
    """Drafts of the program that `where` names, or of its subcommand: `git`, `git log`.

    One with subcommands becomes a draft for each of them: `only` those, or the first few.
    Raises `UsageError` when it is not there, or tells nothing.
    """
    words = where.split()
    if not words:
        raise UsageError("name a program, like git, or a subcommand of one, like git log")
    command = _Command.of(words)
    page = command.page()
    if page.commands:
        return _of_commands(command, page, only)
    if only:
        raise UsageError(f"{where} has no subcommands to choose from")
    return Found((command.draft(page),), tuple(_packs(words[0])))


@dataclass(frozen=True)
class _Command:
    """A program, where it is, and the words of the command."""

    path: Path
    words: tuple[str, ...]
    named_by_path: bool
    known: Known

    @classmethod
    def of(cls, words: Sequence[str]) -> _Command:
        by_path = "/" in words[0]
        path = Path(words[0]).absolute() if by_path else _located(words[0])
        if not is_program(path):
            raise UsageError(f"{words[0]} is no program")
        profile = profile_of(path)
        command = cls(path, (path.name,), by_path, Known(Grammar.of(profile) if profile else None))
        for word in words[1:]:
            command = command.inside(word)
        return command

    def inside(self, word: str) -> _Command:
        """The subcommand `word` of it."""
        grammar = self.known.grammar
        found = grammar.commands.get(word) if grammar else None
        if word.startswith("-"):
            raise UsageError(f"{word} is an option, not a subcommand")
        return replace(self, words=(*self.words, word), known=Known(found[1] if found else None))

    def page(self) -> Page:
        """What its help says. Raises `UsageError` when that is nothing."""
        questions = [(*self.words[1:], *way) for way in _WAYS_TO_ASK]
        subcommands = list(self.known.grammar.commands) if self.known.grammar else []
        for question in questions:
            (text,) = asyncio.run(ask(self.path, question))
            page = read_page(text, subcommands)
            if page.options or page.commands:
                return page
        asked = " or ".join(" ".join((self.path.name, *question)) for question in questions)
        raise UsageError(f"{asked} tells of no options that could be read")

    def draft(self, page: Page, about: str = "") -> Draft:
        """It as a tool."""
        found = drafted(self.words, page, self.known, about)
        entry: dict[str, Any] = {"path": str(self.path)} if self.named_by_path else {}
        return replace(found, programs={self.words[0]: entry})


def _located(name: str) -> Path:
    found = find(name, os.environ.get("PATH", os.defpath))
    if found is None:
        raise UsageError(f'there is no program "{name}" on PATH')
    return found


def _of_commands(command: _Command, whole: Page, only: Sequence[str]) -> Found:
    named, notes = wanted(whole.commands, only, "subcommand")
    chosen = dict(list(named.items())[: None if only else MOST_COMMANDS])
    found: list[Draft] = []
    for name, about in chosen.items():
        try:
            inner = command.inside(name)
            page = inner.page()
            if page.commands and not page.options:
                notes.append(f"{' '.join(inner.words)} has subcommands of its own; ask for it.")
            else:
                found.append(inner.draft(page, about))
        except UsageError as silent:
            notes.append(f"{silent.message}.")
    if others := [name for name in named if name not in chosen]:
        notes.append(f"Its other subcommands were not asked: {listed(others, 60)}.")
    return Found(tuple(found), (*notes, *_packs(command.words[0])))


def _packs(program: str) -> list[str]:
    """The packs whose tools run the program; what people wrote is better than what help says."""
    return [
        f'The pack "{name}" has tools of {program} that are made by hand: use = ["{name}"].'
        for name in shipped()
        if any(
            isinstance(one.spec, CommandSpec) and one.spec.program == program
            for one in pack(name).tools
        )
    ]
