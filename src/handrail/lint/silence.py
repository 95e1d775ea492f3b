"""`allow = ["S404: reason"]`: findings that the author has an answer to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from handrail.diagnostic import Finding, Key, Severity
from handrail.spec.server import ServerSpec

_ALLOWANCE = re.compile(r"(S4\d\d): *(\S.*)", re.DOTALL)
_NEVER = "S417"


@dataclass(frozen=True, slots=True)
class Allowance:
    """One entry of `allow`. `within` is the table that it speaks for."""

    within: tuple[Key, ...]
    at: tuple[Key, ...]
    code: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Whether it speaks of `finding`."""
        return finding.code == self.code and finding.at[: len(self.within)] == self.within


def judge_allowances(spec: ServerSpec) -> Iterator[Finding]:
    """E151: an entry of `allow` without a code, or without a reason."""
    for _, at, text in _entries(spec):
        found = _ALLOWANCE.fullmatch(text)
        if found is None or found[1] == _NEVER:
            hint = 'Write "S404: why this is no problem here".'
            message = "allow takes the code of a security finding, and a reason"
            yield Finding(at, "E151", message, hint)


def silence(spec: ServerSpec, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, with the author's reason where there is one; S417 for reasons without need."""
    allowances = [
        Allowance(within, at, found[1], found[2].strip())
        for within, at, text in _entries(spec)
        if (found := _ALLOWANCE.fullmatch(text)) and found[1] != _NEVER
    ]
    used: set[Allowance] = set()
    for finding in findings:
        # The tool's own word is nearer than the file's.
        answer = next((one for one in reversed(allowances) if one.covers(finding)), None)
        used |= {one for one in allowances if one.covers(finding)}
        yield replace(finding, silenced=answer.reason) if answer else finding
    for one in allowances:
        if one not in used:
            message = f"allow: there is no {one.code} here to silence"
            yield Finding(one.at, _NEVER, message, "Remove it.", Severity.WARNING)


def _entries(spec: ServerSpec) -> Iterator[tuple[tuple[Key, ...], tuple[Key, ...], str]]:
    for number, text in enumerate(spec.allow):
        yield (), ("allow", number), text
    for index, tool in enumerate(spec.tools):
        for number, text in enumerate(tool.allow):
            yield ("tool", index), ("tool", index, "allow", number), text
