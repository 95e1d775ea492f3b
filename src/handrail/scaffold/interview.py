"""The interview: one question after the other, and back again."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from handrail.diagnostic import Finding
from handrail.scaffold.agreement import contradictions
from handrail.scaffold.answer_shapes import misshapen
from handrail.scaffold.answers import Answers
from handrail.scaffold.drafts import lifted
from handrail.scaffold.question import Kind, Part
from handrail.scaffold.questions import PARTS, QUESTIONS
from handrail.scaffold.settled import Settled
from handrail.scaffold.surroundings import Surroundings
from handrail.spec.use import split

_MISSING = "E103"
_NOWHERE = Surroundings(Path("/"))
T = TypeVar("T")


class Back(Exception):
    """The question before is wanted once more."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question as it is to be shown."""

    part: Part
    number: int
    most: int
    default: Any
    """The answer that Enter gives."""
    suggestions: tuple[str, ...] = ()
    """Answers that the surroundings suggest."""


class Asker(Protocol):
    """Shows questions to a person."""

    def ask(self, prompt: Prompt) -> Any:
        """The answer. Raises `Back`, or KeyboardInterrupt."""

    def object(self, message: str, hint: str | None) -> None:
        """Say why an answer cannot be taken."""


def hold(
    answers: Answers, around: Surroundings, asker: Asker, confirm: Callable[[Answers], T]
) -> T:
    """Ask what was not answered yet and has any meaning, then `confirm` all that was said."""
    given, typed = answers, dict[str, Any]()
    path: list[tuple[int, Answers]] = []
    at = 0
    while True:
        at = _next(at, given, answers, around)
        try:
            if at == len(PARTS):
                return confirm(_shortest(answers, around, typed))
            number, part = PARTS[at]
            value = asker.ask(_prompt(number, part, Settled(answers, around), typed))
        except Back:
            at, answers = path.pop() if path else (at, answers)
            continue
        typed[part.key] = value
        said = _heard(answers, part, value)
        if found := _objections(said, part, value):
            asker.object(found[0].message, found[0].hint)
            continue
        path.append((at, answers))
        at, answers = at + 1, said


def _next(at: int, given: Answers, answers: Answers, around: Surroundings) -> int:
    """The first question from `at` on that is open, and has any meaning; or the end."""
    settled = Settled(answers, around)
    while at < len(PARTS):
        part = PARTS[at][1]
        if given.said(part.key) is None and part.applies(settled):
            break
        at += 1
    return at


def missing(answers: Answers, around: Surroundings) -> dict[str, Any]:
    """What was not answered and has any meaning, with its default; an empty text says nothing."""
    settled = Settled(answers, around)
    open_ = [part for _, part in PARTS if answers.said(part.key) is None]
    defaults = {part.key: part.default(settled) for part in open_ if part.applies(settled)}
    return {key: value for key, value in defaults.items() if value != ""}


def _prompt(number: int, part: Part, settled: Settled, typed: Mapping[str, Any]) -> Prompt:
    default = typed.get(part.key, part.default(settled))
    return Prompt(part, number, len(QUESTIONS), default, part.suggested(settled))


def _heard(answers: Answers, part: Part, value: Any) -> Answers:
    """The answers with one more; packs get as many of their tools as may be had."""
    if part.kind is Kind.TEXT and not value and part.key != "server.name":
        return answers.saying(part.key, None)
    if (part.key, value) == ("auth", "jwt"):
        return answers.saying("auth", {"jwt": {}})  # which the next questions fill
    said = answers.saying(part.key, value)
    used = said.said("use")
    if part.key in ("use", "changes") and used is not None:
        allowed = said.said("changes") or "nothing"
        said = said.saying("use", [lifted(split(entry)[0], allowed) for entry in used])
    return said


def _objections(answers: Answers, part: Part, value: Any) -> list[Finding]:
    """Why an answer cannot be taken: by itself, or after those before it."""
    if not value and part.default(Settled(Answers(), _NOWHERE)) is None:
        return [Finding((part.key,), _MISSING, "this has no default")]
    data = dict(answers.data)
    found = misshapen(data)
    # What is missing may be what the next question asks for.
    found = [one for one in found if one.code != _MISSING]
    return found or contradictions(data)


def _shortest(answers: Answers, around: Surroundings, keys: Container[str]) -> Answers:
    """The same without what would have been so by default: what is left can be typed again."""
    # Defaults follow from answers before them, so the last ones go first.
    for part in [part for _, part in reversed(PARTS) if part.key in keys]:
        without = answers.saying(part.key, None)
        if part.default(Settled(without, around)) == answers.said(part.key):
            answers = without
    return answers
