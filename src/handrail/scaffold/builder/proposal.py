"""Answers become a server file that is not written yet, with all that can be said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handrail.errors import ArgumentError, SpecError, UsageError
from handrail.scaffold.builder.examined import Examined, as_data, examined
from handrail.scaffold.builder.fence import Fence
from handrail.scaffold.builder.refusals import Explained
from handrail.scaffold.builder.said import said
from handrail.scaffold.compose import composed
from handrail.scaffold.settled import Settled
from handrail.scaffold.surroundings import look
from handrail.spec.document import printable
from handrail.spec.find import NAME


@dataclass(frozen=True, slots=True)
class Proposal:
    """A server file that may be written."""

    file: Path
    text: str
    notes: tuple[str, ...]
    hosts: tuple[str, ...]
    """Those that the answers name."""
    examined: Examined


def proposed(answers: Mapping[str, Any], folder: Path) -> Proposal:
    """The file that the answers ask for. Raises `Explained`, and `ArgumentError`. It blocks."""
    around = look(folder)
    given = said(answers)
    try:
        composition = composed(given, around)
        found = examined(composition.text, Fence(around))
    except SpecError as wrong:
        raise refused("answers", wrong) from None
    except UsageError as wrong:
        raise argument("answers", wrong) from None
    notes = (*map(printable, composition.notes), *found.notes)
    hosts = tuple(Settled(given, around).hosts)
    return Proposal(folder / NAME, composition.text, notes, hosts, found)


def drafted_text(text: str, folder: Path) -> Examined:
    """A draft that the agent has as text. Raises `Explained`. It blocks."""
    try:
        return examined(text, Fence(look(folder)))
    except SpecError as wrong:
        raise refused("text", wrong) from None


def argument(name: str, wrong: UsageError) -> ArgumentError:
    """A refusal of what an argument asks for."""
    hint = None if wrong.hint is None else printable(wrong.hint)
    return ArgumentError(printable(wrong.message), hint=hint, field=name)


def refused(name: str, wrong: SpecError) -> Explained:
    """A refusal with every place where a draft is wrong."""
    error = ArgumentError("the server file would be wrong", field=name)
    findings = as_data(wrong.diagnostics)
    return Explained(error, "\n".join(lines(wrong.diagnostics)), {"findings": findings})


def lines(findings: Any) -> Iterator[str]:
    """Findings for people: also those that the draft silences, for nobody has agreed to that."""
    for one in findings:
        yield str(one) + (f"\n    silenced: {one.silenced}" if one.silenced else "")


def unservable(proposal: Proposal) -> Explained:
    """The refusal of a file that no machine could serve."""
    error = ArgumentError("no machine could serve this file", field="answers")
    errors = [one for one in proposal.examined.findings if one.is_error]
    return Explained(error, "\n".join(lines(errors)), {"findings": as_data(errors)})
