"""What a person is asked before the file is written: all that they agree to, told by us.

An agent has chosen most of the words. None of them can look like a line of ours, and none is cut:
what is too long to be shown is not asked about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from handrail.diagnostic import Diagnostic
from handrail.mcp.visible import visible
from handrail.scaffold.builder.powers import powers
from handrail.scaffold.builder.proposal import Proposal
from handrail.scaffold.builder.shown import TooLong, listed, section, shown

_LONGEST = 16_384
"""Characters of a question: some screens."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whether exactly this file may be written."""

    text: str
    digest: str
    """What the answer is bound to: the file, and what was said of it."""

    @classmethod
    def about(cls, proposal: Proposal) -> Question:
        """The question. Raises `TooLong`."""
        text = "\n".join(_lines(proposal))
        if len(text) > _LONGEST:
            raise TooLong
        whole = f"{text}\0{proposal.text}"
        return cls(text, hashlib.sha256(whole.encode()).hexdigest())


def _lines(proposal: Proposal) -> Iterator[str]:
    yield "May this server file be written, exactly so?"
    yield ""
    yield f"    {shown(str(proposal.file))}"
    yield ""
    if proposal.examined.spec is not None:
        yield from powers(proposal.examined.spec, proposal.examined)
    yield f"hosts that were named: {listed(proposal.hosts)}"
    yield from section("findings", map(_finding, proposal.examined.findings))
    yield f"SHA-256 of the file: {hashlib.sha256(proposal.text.encode()).hexdigest()}"


def _finding(one: Diagnostic) -> str:
    place = f"{one.file}:{one.place.line}:{one.place.column} {one.severity}[{one.code}]"
    silenced = f" (silenced by the file: {visible(one.silenced)})" if one.silenced else ""
    return f"{place} {visible(one.message)}{silenced}"
