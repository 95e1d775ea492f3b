"""What changed of one tool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handrail.scaffold.compare.change import Change
from handrail.scaffold.compare.kind import Kind
from handrail.scaffold.compare.listing import ListedTool
from handrail.scaffold.compare.terms import terms
from handrail.scaffold.compare.walk import Pair
from handrail.scaffold.compare.words import INPUT, OUTPUT, breaking, sentence


def changes(old: ListedTool, new: ListedTool) -> Iterator[Change]:
    """Everything about a tool that clients can notice; what was first in the schemas first."""
    yield from _inputs(old, new)
    yield from _outputs(old, new)
    yield from _hints(old, new)
    yield from terms(old, new)
    if old.description != new.description:
        yield Change("C401", new.name, ("description",), "it is described otherwise")


def _inputs(old: ListedTool, new: ListedTool) -> Iterator[Change]:
    pair = Pair(old.input, new.input, (old.input, new.input), breaking(INPUT))
    for one in pair.differences():
        code, phrase = INPUT[one.kind]
        message = sentence("param", phrase, one, (one.given, one.taken))
        yield Change(code, new.name, ("inputSchema", *one.at), message)


def _outputs(old: ListedTool, new: ListedTool) -> Iterator[Change]:
    at = ("outputSchema",)
    if old.output is None or new.output is None:
        if old.output is not None:
            yield Change("B101", new.name, at, "its results have no schema any more")
        elif new.output is not None:
            yield Change("C101", new.name, at, "its results have a schema now")
        return
    pair = Pair(new.output, old.output, (new.output, old.output), breaking(OUTPUT))
    for one in pair.differences():
        if one.kind is not Kind.DEFAULT:
            code, phrase = OUTPUT[one.kind]
            message = sentence("field", phrase, one, (one.taken, one.given))
            yield Change(code, new.name, (*at, *one.at), message)


def _hints(old: ListedTool, new: ListedTool) -> Iterator[Change]:
    """What is not said is as the protocol has it: a tool writes, destroys, and so on."""
    before, after = _Promise(old.hints), _Promise(new.hints)
    if before.reads is not after.reads:
        code, message = (
            ("C201", "it only reads now")
            if after.reads
            else ("B201", "it only read, and may write")
        )
        yield Change(code, new.name, ("annotations", "readOnlyHint"), message)
    if before.destroys is not after.destroys:
        code, message = (
            ("B202", "it may destroy what it could not")
            if after.destroys
            else ("C202", "it destroys nothing any more")
        )
        yield Change(code, new.name, ("annotations", "destructiveHint"), message)
    if not before.reads and not after.reads and before.repeats is not after.repeats:
        code, message = (
            ("C203", "a second call does no more than the first")
            if after.repeats
            else ("B203", "a second call may do more than the first")
        )
        yield Change(code, new.name, ("annotations", "idempotentHint"), message)
    if before.reaches is not after.reaches:
        words = "it may reach outside" if after.reaches else "it reaches nothing outside any more"
        yield Change("C204", new.name, ("annotations", "openWorldHint"), words)


class _Promise:
    """Annotations with the protocol's defaults."""

    def __init__(self, hints: Mapping[str, bool]) -> None:
        self.reads = hints.get("readOnlyHint", False)
        self.destroys = not self.reads and hints.get("destructiveHint", True)
        self.repeats = hints.get("idempotentHint", False)
        self.reaches = hints.get("openWorldHint", True)
