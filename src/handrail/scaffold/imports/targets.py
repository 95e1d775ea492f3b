"""Named things of the project that one program runs: targets of make, scripts of npm.

Up to eight of them become a tool each: a model finds `make_test` by its name and description,
and rules, roles and approvals can tell it from `make_lint`. More would fill every client's
context with tools that differ by one word, so they become one tool with `choices`. What is
called after removing things is kept apart either way: destructive tools ask a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.wording import (
    LONGEST_DESCRIPTION,
    cleaned,
    literal,
    param_name,
    sentence,
    tool_name,
)
from handrail.spec.tool import Effect

MOST_APART = 8
"""Targets that become a tool each."""
_REMOVES = re.compile(
    r"(^|[-_.:])(\w*clean|clobber|delete|destroy|drop|erase|nuke|prune|purge|remove|reset|rm|"
    r"uninstall|wipe)([-_.:]|$)"
)


@dataclass(frozen=True, slots=True)
class Target:
    """A name, and what is said of it."""

    name: str
    about: str = ""
    runs: str = ""
    """The command that it stands for, where that is one line."""

    @property
    def effect(self) -> Effect:
        """What it does at worst; by its name, as nothing else tells."""
        return Effect.DESTRUCTIVE if _REMOVES.search(self.name) else Effect.WRITE


@dataclass(frozen=True, slots=True)
class Runner:
    """The program, the words before a target's name, and what it calls a target."""

    program: str
    words: tuple[str, ...]
    noun: str
    folder: Path
    """Where it must run."""

    @property
    def _cwd(self) -> str | None:
        """That folder as seen from here, where the workspace mostly is; None when it is outside."""
        here, folder = Path.cwd(), self.folder.absolute()
        inside = folder.is_relative_to(here) and ".." not in folder.parts
        return str(folder.relative_to(here)).removeprefix(".") if inside else None

    def drafts(self, targets: Sequence[Target]) -> tuple[Draft, ...]:
        """A tool for each target, or for all that have the same effect."""
        if len(targets) <= MOST_APART:
            return tuple(self._one(target) for target in targets)
        return tuple(self._several(targets))

    def _one(self, target: Target) -> Draft:
        about = f"{sentence(target.about)} " if target.about else ""
        end = f": {target.runs}" if target.runs else "."
        tool = {
            "name": tool_name(self.program, target.name),
            "description": f'{about}Runs the {self.noun} "{target.name}"{end}',
            **self._keys(target.effect, target.name),
        }
        return self._draft(tool, target.effect, [target])

    def _several(self, targets: Sequence[Target]) -> Iterator[Draft]:
        for effect in (Effect.WRITE, Effect.DESTRUCTIVE):
            found = [target for target in targets if target.effect is effect]
            if len(found) < 2:
                yield from map(self._one, found)
                continue
            what = "that removes things" if effect is Effect.DESTRUCTIVE else "of the project"
            param = param_name(self.noun.split()[-1])
            tool = {
                "name": self.program if effect is Effect.WRITE else f"{self.program}_{effect}",
                "description": f"Runs a {self.noun} {what}.",
                **self._keys(effect, f"{{{param}}}"),
                "params": {
                    param: {
                        "choices": [target.name for target in found],
                        "required": True,
                        "description": _told(found),
                    }
                },
            }
            yield self._draft(tool, effect, found)

    def _keys(self, effect: Effect, last: str) -> dict[str, Any]:
        return {
            "program": self.program,
            "args": [*map(literal, self.words), last],
            **({"cwd": literal(self._cwd)} if self._cwd else {}),
            "effect": str(effect),
            "timeout": "10m",
            "acknowledge": ["executes-workspace-code"],
        }

    def _draft(self, tool: dict[str, Any], effect: Effect, targets: Sequence[Target]) -> Draft:
        notes = [
            "It runs what the workspace says, without the network: whoever can change a file there "
            "decides what runs."
        ]
        if effect is Effect.DESTRUCTIVE:
            names = ", ".join(target.name for target in targets[:5])
            notes.append(f"By its name it removes things ({names}), so each call asks a person.")
        if self._cwd is None:
            notes.append(f"It runs at the top of the workspace, and must in {self.folder}.")
        elif self._cwd:
            notes.append(f'It runs in "{self._cwd}", if the workspace is the current folder.')
        return Draft(tool, {self.program: {}}, notes=tuple(notes))


def _told(targets: Sequence[Target]) -> str:
    told = [f"{one.name}: {one.about or one.runs}" for one in targets if one.about or one.runs]
    return cleaned("; ".join(told), 4 * LONGEST_DESCRIPTION) or "Which one to run."
