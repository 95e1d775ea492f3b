"""A help page becomes a draft: few params, the most useful first, and a word on all the rest.

Twelve at most. A tool that offers every option of its program costs its callers' context in every
call, and hides what is useful among what is not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from handrail.lint.programs import FILTERS
from handrail.profiles.role import Role
from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.help_option import HelpOption
from handrail.scaffold.imports.help_page import Page
from handrail.scaffold.imports.help_roles import Known, refused, typed
from handrail.scaffold.imports.help_usage import Operand, operands
from handrail.scaffold.imports.wording import (
    cleaned,
    distinct,
    listed,
    literal,
    param_name,
    sentence,
    tool_name,
)

MOST_PARAMS = 12
_LONGEST_ABOUT = 160
_NEVER = re.compile(
    r"help.*|version|usage|man|manual|license|completions?|.*completion.*|colou?rs?|no-colou?r|"
    r"pager|no-pager|paging|hyperlink.*|progress.*|warranty|credits|interactive|tui|watch|wait"
)
_RARELY = re.compile(
    r"debug.*|verbose|quiet|silent|trace.*|deprecated.*|experimental.*|unstable.*|jobs|threads?|"
    r"encoding|no-.*|log-.*|buffer.*|.*-buffered|mmap|.*-size|context-separator"
)
_OFTEN = re.compile(
    r"(?:max|min|limit|count|lines|number|since|until|after|before|author|format|json|pattern|"
    r"include|exclude|ignore|recursive|depth|sort|filter|all|list|name|type|kind|path|file|"
    r"context|glob|reverse|stat|grep|keyword|select|level|namespace|long)(?:[-_].*)?|"
    r".*-(?:matches|context|case)"
)


def drafted(words: Sequence[str], page: Page, known: Known, about: str = "") -> Draft:
    """A draft of the command `words`; `about` is what its program's own page says of it."""
    return _Drafting(words, page, known).draft(page.about or about)


class _Drafting:
    """One tool in the making."""

    def __init__(self, words: Sequence[str], page: Page, known: Known) -> None:
        self._words, self._page, self._known = words, page, known
        self._args: list[Any] = [literal(word) for word in words[1:]]
        self._params: dict[str, dict[str, Any]] = {}
        self._taken: set[str] = set()
        self._notes: list[str] = []

    def draft(self, about: str) -> Draft:
        """The whole draft."""
        taken = operands(self._page.usage, len(self._words), self._page.arguments)
        names = [distinct(param_name(one.name), self._taken) for one in taken]
        self._take_options(MOST_PARAMS - len(taken))
        for index, (name, operand) in enumerate(zip(names, taken, strict=True)):
            self._take_operand(name, operand, self._role(index, len(taken)))
        level = self._known.grammar.level if self._known.grammar else None
        tool = {
            "name": tool_name(*self._words),
            "description": sentence(cleaned(about)) or f"Runs {' '.join(self._words)}.",
            "program": self._words[0],
            "args": self._args,
            "effect": str(self._known.effect),
            **({"network": True} if level and level.network else {}),
            "params": self._params,
        }
        return Draft(tool, notes=(*self._notes, *self._own_notes()))

    def _take_options(self, most: int) -> None:
        offered: list[HelpOption] = []
        left: defaultdict[str, list[HelpOption]] = defaultdict(list)
        for option in self._page.options:
            if _NEVER.fullmatch(option.name.strip("-").lower()) or option.name in "-h-V":
                continue
            reason = self._known.reason(option)
            (offered if reason is None else left[reason]).append(option)
        ranked = sorted(_once(offered), key=_rank)
        for option in ranked[:most]:
            self._take_option(option)
        if ranked[most:]:
            names = listed([one.name for one in ranked[most:]], 40)
            self._notes.append(f"Not here, as a tool should be small: {names}.")
        for reason, options in left.items():
            names = listed([one.name for one in _once(options)], 40)
            self._notes.append(f"Left out, as they {reason}: {names}.")

    def _take_option(self, option: HelpOption) -> None:
        given, name = self._known.name(option), self._name(option)
        param: dict[str, Any] = {"type": "boolean"}
        if option.value is not None:
            param = {**self._known.of_value(option), **({"repeat": True} if option.repeats else {})}
        if about := cleaned(option.about, _LONGEST_ABOUT):
            param["description"] = sentence(about)
        self._params[name] = param
        args = _words(given, name, None if option.value is None else self._sign(option))
        if option.value is None:
            self._args.append({"when": name, "args": args})
        else:
            self._args.append({"each": name, "args": args} if option.repeats else args)

    def _sign(self, option: HelpOption) -> str:
        if not self._known.needs_attached(option):
            return " "
        return "=" if len(self._known.name(option)) > 2 else ""

    def _name(self, option: HelpOption) -> str:
        word = option.name.strip("-")
        if len(word) > 1:
            return distinct(param_name(word), self._taken)
        kind = "flag" if option.value is None else "option"
        return distinct(f"{kind}_{word}" if word.isalnum() else kind, self._taken)

    def _role(self, index: int, count: int) -> Role | None:
        role = self._known.operand_role(index, count)
        # Their profiles read every operand as a path; the first one is a filter.
        is_filter = index == 0 and role is Role.READ and self._words[0] in FILTERS
        return Role.TEXT if is_filter else role

    def _take_operand(self, name: str, operand: Operand, role: Role | None) -> None:
        why = refused(role)
        if why is not None:
            self._notes.append(f"The operand {operand.name} was left out, as {why}.")
            return
        about = cleaned(self._page.arguments.get(operand.name.lower(), ""), _LONGEST_ABOUT)
        self._params[name] = {
            **typed(operand.name, role),
            **({"required": True} if operand.required else {}),
            **({"repeat": True} if operand.repeats else {}),
            **({"description": sentence(about)} if about else {}),
        }
        whole = f"{{{name}}}"
        self._args.append(whole if operand.required or operand.repeats else [whole])

    def _own_notes(self) -> Iterator[str]:
        if self._known.grammar is None:
            yield (
                f'Handrail has no profile of "{" ".join(self._words)}": what its options do is '
                'guessed by their names. `effect = "read"` is enforced; say "write" where it must.'
            )


def _once(options: Sequence[HelpOption]) -> list[HelpOption]:
    """The options, each by its first mention."""
    return list({option.name: option for option in reversed(options)}.values())[::-1]


def _rank(option: HelpOption) -> int:
    """What comes first: what is mostly wanted, then values, then switches."""
    name = option.name.strip("-").lower()
    often = 4 if _OFTEN.fullmatch(name) else 0
    rarely = -6 if _RARELY.fullmatch(name) or "deprecated" in option.about.lower() else 0
    short = -3 if len(name) == 1 else 0
    return -(often + rarely + short + bool(option.choices))


def _words(given: str, name: str, sign: str | None) -> list[str]:
    """The elements of argv that give the option; `sign` is what stands before its value."""
    if sign is None:
        return [given]
    return [given, f"{{{name}}}"] if sign == " " else [f"{given}{sign}{{{name}}}"]
