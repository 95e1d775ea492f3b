"""The operands of a usage line: `grep [OPTION]... PATTERNS [FILE]...`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

_OPTIONS = re.compile(
    r"\[\s*[-(][^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]|\([^()]*\)"
    r"|(?<!\S)--?[\w-]+(?:[= ](?:<[^<>]*>|[A-Z_]+))?"
)
"""Options, in brackets and without, and choices between them."""
_TOKEN = re.compile(
    r"(?P<open>\[)?\s*(?:\[?--\]?\s+)?(?P<name><[^<>]+>|\{[\w-]+\}|[A-Za-z][\w/-]*)(?P<dots>\s*\.\.\.)?"
    r"\s*(?P<close>\])?(?P<more>\s*\.\.\.)?"
)
_NOT_OPERANDS = re.compile(
    r"(global[ _-]?)?(option|flag|command|subcommand|arg|argument|parameter|switch)(s|e|es)?"
)
MOST_OPERANDS = 4


@dataclass(frozen=True, slots=True)
class Operand:
    """What a command takes besides options."""

    name: str
    required: bool
    repeats: bool


def operands(usage: str, words: int, named: Collection[str]) -> list[Operand]:
    """The operands in a usage line whose first `words` words are the command.

    `named` are those that the page describes: names in small letters are operands by that.
    """
    rest = " ".join(usage.split()[words:])
    found: dict[str, Operand] = {}
    for one in _operands(_OPTIONS.sub(" ", rest), named):
        before = found.get(one.name)
        found[one.name] = replace(before, repeats=True) if before else one
    return list(found.values())[:MOST_OPERANDS]


def _operands(rest: str, named: Collection[str]) -> Iterator[Operand]:
    for token in _TOKEN.finditer(rest):
        name = token["name"].strip("<>{} ")
        optional = bool(token["open"])
        is_one = token["name"][0] in "<{" or name.isupper() or optional
        if _NOT_OPERANDS.fullmatch(name.lower()) or not (is_one or name.lower() in named):
            continue
        yield Operand(name, not optional, bool(token["dots"] or token["more"]))
