"""What may be offered of a program: by its profile, or by names where it has none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from handrail.profiles.grammar import Grammar
from handrail.profiles.role import Role
from handrail.scaffold.imports.help_option import HelpOption
from handrail.scaffold.imports.vetting import PATHS
from handrail.spec.tool import Effect

RUNS = "run code or other programs"
WRITES = "write or remove"
REPLACES = "take the place of an operand"
LEADS = "lead outside the workspace"
UNKNOWN = "are not in its profile"

_REASONS = {
    **dict.fromkeys(
        (Role.CODE, Role.LOAD, Role.RUN, Role.RUNS, Role.COMMAND, Role.ASSIGNMENT), RUNS
    ),
    **dict.fromkeys(
        (Role.WRITE, Role.WRITES, Role.DESTROY, Role.DESTROYS, Role.LOCAL_WRITE), WRITES
    ),
    **dict.fromkeys(
        (Role.FOLLOWS, Role.LISTS, Role.URL, Role.NETWORK, Role.SENDS, Role.FOLDER), LEADS
    ),
    Role.PLACEHOLDER: UNKNOWN,
}
_BY_NAME = (
    (
        RUNS,
        re.compile(
            r"exec|command|cmd|run|eval|plugin|config|init|script|shell|editor|pager|hook|load|"
            r"require|import|preprocess|filter-program|compress-program|interpreter|module|rc-?file"
        ),
    ),
    (
        WRITES,
        re.compile(
            r"out(put|file|dir)?|write|save|log-?file|dump|export|in-?place|inplace|dest|target-dir|"
            r"cache|delete|remove|rm|prune|purge|force|fix|overwrite|create|install|update|upgrade"
        ),
    ),
    (LEADS, re.compile(r"hosts?|url|uri|proxy|server|remote|endpoint|address|follow|chdir|root")),
)
_PATH = re.compile(
    r"(.*[\W_])?(file|path|pathspec|dir|directory|folder|filename|filepath|file_or_dir|document)s?"
    r"([\W_].*)?",
    re.IGNORECASE,
)
_INTEGER = re.compile(
    r"n|num|numbers?|u?int(8|16|32|64)?|integers?|counts?|lines?|cols?|columns|bytes|depth|limit|"
    r"max|min|size-?limit|levels?|jobs",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"float(32|64)?|double|decimal|ratio|secs?|seconds", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a command before its help is read; `grammar` is its part of the profile."""

    grammar: Grammar | None

    @property
    def effect(self) -> Effect:
        """What it does at worst. Where nothing is known, reading: that is enforced."""
        if self.grammar is None:
            return Effect.READ
        level = self.grammar.level
        roles = {*level.operands, *([level.last] if level.last else [])}
        if roles & {Role.DESTROY}:
            return Effect.DESTRUCTIVE
        writes = roles & {Role.WRITE, Role.LOCAL_WRITE} and level.effect is Effect.READ
        return Effect.WRITE if writes else level.effect

    def name(self, option: HelpOption) -> str:
        """The name to use it by: one that the profile knows."""
        if self.grammar is None:
            return option.name
        known = [name for name in option.names if name in self.grammar.options]
        return next((name for name in known if name.startswith("--")), (known or [option.name])[0])

    def reason(self, option: HelpOption) -> str | None:
        """Why an option is not offered; None: it is."""
        if self.grammar is None:
            name = option.name.strip("-").lower()
            return next((why for why, names in _BY_NAME if _is_word(names, name)), None)
        found, level = self.grammar.options.get(self.name(option)), self.grammar.level
        if found is None or (option.value is not None and not found.takes_value):
            return UNKNOWN
        if not {*option.names}.isdisjoint((*level.unless, *level.last_unless)):
            return REPLACES
        reasons = [_REASONS[role] for role in (found.role, *found.also) if role in _REASONS]
        return reasons[0] if reasons else None

    def needs_attached(self, option: HelpOption) -> bool:
        """Whether an option takes its value only within its own element."""
        found = self.grammar.options.get(self.name(option)) if self.grammar else None
        return option.attached or (found is not None and found.attached)

    def of_value(self, option: HelpOption) -> dict[str, Any]:
        """The type of an option's value, as keys of its param."""
        if option.choices:
            return {"choices": list(option.choices)}
        found = self.grammar.options.get(self.name(option)) if self.grammar else None
        return typed(option.value or "", found.role if found else None)

    def operand_role(self, index: int, count: int) -> Role | None:
        """What an operand is, by its place; None where nothing is known."""
        if self.grammar is None:
            return None
        level = self.grammar.level
        if level.last is not None and index == count - 1 and count >= level.least:
            return level.last
        if not level.operands:
            return Role.SURPLUS
        return level.operands[min(index, len(level.operands) - 1)]


def typed(called: str, role: Role | None) -> dict[str, Any]:
    """The type of a value, by its role, and by what the help page calls it."""
    may_be = role in (None, Role.MAYBE) and _PATH.fullmatch(called)
    if may_be or role in PATHS or role is Role.PATH:
        return {"type": "path"}
    if _INTEGER.fullmatch(called):
        return {"type": "integer"}
    return {"type": "number"} if _NUMBER.fullmatch(called) else {}


def refused(role: Role | None) -> str | None:
    """Why an operand of this role cannot be left to callers; written files may be."""
    if role is Role.SURPLUS:
        return "its profile has none"
    reason = _REASONS.get(role) if role is not None else None
    if reason in (None, WRITES) or role is Role.FOLDER:
        return None
    return f"values of it {reason}; write one into args, or give a param choices"


def _is_word(names: re.Pattern[str], name: str) -> bool:
    return any(names.fullmatch(word) for word in (name, *re.split(r"[-_]", name)))
