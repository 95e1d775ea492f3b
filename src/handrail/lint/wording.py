"""S412, S413: texts for a model to read, and patterns for a matcher."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from handrail.diagnostic import Finding, Key, Severity
from handrail.lint.review import Review
from handrail.spec.backtracking import super_linear
from handrail.spec.server import ServerSpec

_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cn"})
_ALLOWED = frozenset("\n\t\u200d\ufe0f")
_LINK = re.compile(r"\b(?:https?|ftp|file|data|javascript)://?\S|\]\(", re.IGNORECASE)
_ORDERS = re.compile(
    r"ignore (?:all |any |the )?(?:previous|prior|above|other|earlier) (?:instructions|tools|rules)"
    r"|</?(?:important|system|instructions?|secret|admin)>"
    r"|\b(?:do not|don't|never) (?:tell|mention|inform|show|reveal)\b.{0,40}"
    r"\b(?:user|person|anyone)"
    r"|\bsystem prompt\b|\bwithout (?:asking|telling|informing) (?:the )?(?:user|person)"
    r"|\byou must (?:always|never|first)\b|\bbefore (?:using|calling) any other tool"
    r"|\.ssh/|\bid_rsa\b|\.aws/credentials|\bmcp\.json\b",
    re.IGNORECASE | re.DOTALL,
)


def judge_wording(review: Review) -> Iterator[Finding]:
    """Judge every text that clients show to a model, and every pattern."""
    for at, text in _texts(review.spec):
        hidden = next((one for one in text if _is_hidden(one)), None)
        if hidden is not None:
            message = f"a hidden character, U+{ord(hidden):04X}: people do not see what models read"
            yield Finding(at, "S413", message, "Remove it.")
        if order := _ORDERS.search(text):
            message = f'"{order[0]}" reads like an order to the model, not like what the tool does'
            yield Finding(at, "S413", message, "Say what it does.", Severity.WARNING)
        if _LINK.search(text):
            message = "a link: what is behind it can change, and a model may follow it"
            yield Finding(at, "S413", message, "Say it here.", Severity.WARNING)
    for at, pattern in _patterns(review.spec):
        if reason := super_linear(pattern):
            message = f"some texts would take this pattern too long: {reason}"
            hint = "Let neighbouring repeats match different characters."
            yield Finding(at, "S412", message, hint, Severity.WARNING)


def _is_hidden(character: str) -> bool:
    return character not in _ALLOWED and unicodedata.category(character) in _HIDDEN


def _texts(spec: ServerSpec) -> Iterator[tuple[tuple[Key, ...], str]]:
    if spec.server.instructions is not None:
        yield ("server", "instructions"), spec.server.instructions
    for index, tool in enumerate(spec.tools):
        yield ("tool", index, "description"), tool.description
        for code, text in tool.exit_messages.items():
            yield ("tool", index, "exit_messages", code), text
    for index, command in spec.commands:
        for name, param in command.params.items():
            if param.description is not None:
                yield ("tool", index, "params", name, "description"), param.description


def _patterns(spec: ServerSpec) -> Iterator[tuple[tuple[Key, ...], str]]:
    for index, tool in enumerate(spec.tools):
        if tool.progress is not None:
            yield ("tool", index, "progress"), tool.progress
    for index, command in spec.commands:
        for name, param in command.params.items():
            if param.pattern is not None:
                yield ("tool", index, "params", name, "pattern"), param.pattern
