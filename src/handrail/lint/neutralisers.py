"""S401: arguments that turn off what a program would do by itself."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.diagnostic import Finding, Insert, Key, Severity
from handrail.lint.review import Command, Review, read_as_free
from handrail.lint.sample import marked


def judge_neutralisers(review: Review) -> Iterator[Finding]:
    """Judge commands whose callers have a say in them."""
    for command in review.commands:
        if any(marked(word.text) for word in command.words):
            yield from _lacking(command)


def _lacking(command: Command) -> Iterator[Finding]:
    free, declared = read_as_free(command), command.reading
    if free is None or declared is None:
        return
    given = [word.text for word in command.words]
    for index, items in (one for one in free.added if one not in declared.added):
        if all(item in given for item in items):
            continue
        shown = " ".join(items)
        message = f'"{command.tool.program}" lacks {shown}, which turns off what it does unasked'
        hint = "handrail check --fix adds it."
        at = (*command.at, "args" if command.tool.args else "program")
        fix = _insertion(command, index, items)
        yield Finding(at, "S401", message, hint, Severity.WARNING, fix=fix)


def _insertion(command: Command, index: int, items: tuple[str, ...]) -> Insert | None:
    """Where in `args` they go; None inside an optional group or table."""
    at: tuple[Key, ...] = (*command.at, "args")
    tops = [word.at[1] for word in command.words]
    if not tops:
        return None
    if index == len(tops):
        return Insert(at, len(command.tool.args), items)
    top = tops[index]
    inside = index > 0 and tops[index - 1] == top
    return None if inside or not isinstance(top, int) else Insert(at, top, items)
