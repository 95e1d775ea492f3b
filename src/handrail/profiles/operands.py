"""Arguments that are no options, and what each is: its place decides, or how it begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from handrail.profiles.grammar import Grammar
from handrail.profiles.reading import Use
from handrail.profiles.role import Role


@dataclass(frozen=True, slots=True)
class _Operand:
    text: str
    at: int
    after: bool
    """Whether it stands after `--`."""


class Operands:
    """The operands of one command, as they are met."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._level = grammar.level
        self._found: list[_Operand] = []
        self._seen: set[str] = set()
        self.ended = False

    @property
    def count(self) -> int:
        """How many there are so far."""
        return len(self._found)

    def seen(self, option: str) -> None:
        """An option was met; some take an operand's place."""
        self._seen.add(option)

    def take(self, text: str, at: int) -> None:
        """The next operand."""
        self._found.append(_Operand(text, at, self.ended))

    def next_role(self) -> Role | None:
        """What the next operand would be by its place."""
        return self._by_place(self.count, self._level.operands)

    def has_form(self, text: str) -> bool:
        """Whether it says by how it begins what it is."""
        return self._by_form(text)[0] is not None

    def uses(self) -> Iterator[Use]:
        """What all of them are."""
        after = 0
        for number, one in enumerate(self._found):
            yield self._use(number, after, one)
            after += one.after

    def _use(self, number: int, after: int, one: _Operand) -> Use:
        for pattern, reason in self._level.refuse.items():
            if re.search(pattern, one.text):
                return Use(Role.REFUSED, one.text, reason, one.at)
        role, value = self._by_form(one.text)
        role = role or self._role(number, after, one)
        return Use(Role.SURPLUS if role is None else role, "operand", value, one.at)

    def _by_form(self, text: str) -> tuple[Role | None, str]:
        """What it is by how it begins, and what follows that."""
        forms = {name: option.role for name, option in self._grammar.forms.items()}
        beginnings = {**self._level.prefixes, **forms}
        longest = max((one for one in beginnings if text.startswith(one)), key=len, default=None)
        if longest is None:
            return None, text
        return beginnings[longest], text.removeprefix(longest)

    def _role(self, number: int, after: int, one: _Operand) -> Role | None:
        if one.after and self._level.after is not None:
            return self._by_place(after, self._level.after)
        is_last = number == self.count - 1 and self.count >= self._level.least
        if self._level.last and is_last and self._seen.isdisjoint(self._level.last_unless):
            return self._level.last
        return self._by_place(number, self._level.operands)

    def _by_place(self, number: int, roles: tuple[Role, ...]) -> Role | None:
        if roles is self._level.operands and not self._seen.isdisjoint(self._level.unless):
            roles = roles[1:]
        return roles[min(number, len(roles) - 1)] if roles else None
