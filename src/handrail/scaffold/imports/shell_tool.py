"""A tool of a runtime that fills values into a shell's command line, as one of ours.

Only one plain command is taken over. Each place for a value lies inside one word, and the value
stays there: what it could have done to the line of a shell, it can no longer do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from handrail.profiles.catalogue import shipped
from handrail.profiles.read import Setting, read
from handrail.profiles.role import Role
from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.shell_line import NotPlain, words_of
from handrail.scaffold.imports.wording import (
    cleaned,
    distinct,
    literal,
    param_name,
    sentence,
    tool_name,
)
from handrail.spec.tool import Effect

# Of the private use area: no file has them, and no shell a meaning for them.
_OPEN, _CLOSE = "\ue010", "\ue011"
_MARK = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_EFFECTS = {
    Role.WRITE: Effect.WRITE,
    Role.WRITES: Effect.WRITE,
    Role.LOCAL_WRITE: Effect.WRITE,
    Role.DESTROY: Effect.DESTRUCTIVE,
    Role.DESTROYS: Effect.DESTRUCTIVE,
}


def mark(name: str) -> str:
    """What stands in a command for the value of a param."""
    return f"{_OPEN}{name}{_CLOSE}"


@dataclass(slots=True)
class ShellTool:
    """A tool as another runtime has it: its command with marks, its params in our keys."""

    name: str
    about: object
    command: str
    params: Mapping[str, dict[str, Any]]
    switches: Mapping[str, str] = field(default_factory=dict)
    """Words that stand in the place of a boolean when it is true, by its name."""
    keys: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def draft(self) -> Draft:
        """It as a draft. Raises `NotPlain` when its command needs a shell."""
        if {_OPEN, _CLOSE} & {*_MARK.sub("", self.command)}:
            raise NotPlain("it has characters that are no text")
        words = words_of(self.command)
        if _MARK.search(words[0]):
            raise NotPlain("its caller chooses the program")
        return self._draft(words)

    def _draft(self, words: list[str]) -> Draft:
        taken: set[str] = set()
        used = dict.fromkeys(name for word in words for name in _MARK.findall(word))
        names = {name: distinct(param_name(name), taken) for name in used}
        if lost := [name for name in used if name not in self.params]:
            raise NotPlain(f'it uses "{cleaned(lost[0], 40)}", which is no param')
        if any(self.params[name].get("type") != "boolean" for name in self.switches):
            raise NotPlain("what leaves out a part of it is no boolean")
        program, entry = _program(words[0])
        effect, network = _known(program, words[1:])
        tool = {
            "name": tool_name(self.name),
            "description": sentence(cleaned(self.about, 1000)) or f"Runs {program}.",
            "program": program,
            "args": list(self._args(words[1:], names)),
            "effect": str(effect),
            **({"network": True} if network else {}),
            **self.keys,
            "params": {ours: self.params[theirs] for theirs, ours in names.items()},
        }
        notes = [*self.notes, *self._own_notes(effect, used)]
        return Draft(tool, {program: entry}, notes=tuple(notes))

    def _args(self, words: list[str], names: Mapping[str, str]) -> Iterator[Any]:
        """The words as templates; what depends on a value that may be unset is a group."""
        left = list(words)
        while left:
            word = left.pop(0)
            if switch := self._switch(word):
                yield {"when": names[switch], "args": words_of(f"x {self.switches[switch]}")[1:]}
                continue
            group = [word]
            # `--label {label}`: without a value, an option would take the next word for it.
            if word.startswith("-") and not _MARK.search(word) and left and self._may_lack(left[0]):
                group.append(left.pop(0))
            texts = [self._template(one, names) for one in group]
            yield texts if self._may_lack(group[-1]) else texts[0]

    def _switch(self, word: str) -> str | None:
        """The boolean that a word stands for as a whole. Raises `NotPlain` for one inside it."""
        used = [name for name in _MARK.findall(word) if name in self.switches]
        if used and word != mark(used[0]):
            raise NotPlain(f'the place of "{used[0]}" is only a part of a word')
        return used[0] if used else None

    def _may_lack(self, word: str) -> bool:
        used = [self.params[name] for name in _MARK.findall(word)]
        return any(not (one.get("required") or "default" in one) for one in used)

    def _template(self, word: str, names: Mapping[str, str]) -> str:
        parts = _MARK.split(word)
        return "".join(
            literal(part) if index % 2 == 0 else f"{{{names[part]}}}"
            for index, part in enumerate(parts)
        )

    def _own_notes(self, effect: Effect, used: Mapping[str, Any]) -> Iterator[str]:
        if unused := [name for name in self.params if name not in used]:
            yield f"Not used by its command, so left out: {', '.join(map(cleaned, unused))}."
        if effect is Effect.READ:
            yield 'It can only read now: say effect = "write" where it must write.'


def _program(word: str) -> tuple[str, dict[str, Any]]:
    """The name of an entry of `[programs]`, and the entry."""
    name = PurePosixPath(word).name
    return name, ({} if name == word else {"path": word})


def _known(program: str, words: list[str]) -> tuple[Effect, bool]:
    """What the command does at worst, and whether it needs the network, by its profile."""
    profile = shipped(program)
    if profile is None:
        return Effect.READ, False
    plain = [_MARK.sub("x", word) for word in words]
    reading = read(program, plain, Setting({program: profile}, free=False))
    uses = reading.uses if reading is not None else ()
    effects = [_EFFECTS.get(use.role, Effect.READ) for use in uses]
    effects += [Effect(use.value or "read") for use in uses if use.role is Role.EFFECT]
    order = list(Effect)
    effect = max(effects, key=order.index, default=Effect.READ)
    return effect, any(use.role in (Role.NETWORK, Role.URL) for use in uses)
