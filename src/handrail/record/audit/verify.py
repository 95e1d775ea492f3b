"""Whether an audit is what was written: every line ours, in its place, and none missing.

Each line says by its own code whether it is ours, so one that was changed spoils no other. What
is missing between two of ours is known by their numbers; at both ends, by the head.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from handrail.record.audit.chain import Line
from handrail.record.audit.finding import Fault, Finding, Report
from handrail.record.audit.head import Head
from handrail.record.audit.missing import Missing
from handrail.record.audit.notes import Notes
from handrail.record.audit.reading import Found

_END = "the end"


def verify(lines: Iterable[Found], key: bytes, head: Head) -> Report:
    """Look through all lines of an audit, oldest first."""
    found = _Verification(key, head)
    for each in lines:
        found.take(each)
    return found.report()


class _Verification:
    def __init__(self, key: bytes, head: Head) -> None:
        self._key = key
        self._head = head
        self._last = head.removed
        self._report = Report()
        self._notes = Notes()
        self._strange: list[Found] = []
        """Lines that are not ours, since the last that is."""
        self._missing = Missing()

    def take(self, found: Found) -> None:
        line = Line.read(found.raw) if found.is_whole else None
        if line is None or not line.is_genuine(self._key):
            self._strange.append(found)
        elif line.seq > self._last.seq:
            self._next(found, line)
        elif line.seq > self._head.removed.seq:  # else its file was about to be removed
            self._out_of_place(found, line)

    def report(self) -> Report:
        end, report = self._head.last, self._report
        gone = self._lacking(self._last.seq + 1, end.seq, _END)
        report.findings += [_range(Fault.REMOVED, *each) for each in self._missing]
        report.findings += [_range(Fault.TRUNCATED, *each) for each in gone]
        if self._last.seq == end.seq and self._last.mac != end.mac:
            self._find(Fault.FORKED, end.seq, _END, None)
        report.findings.sort(key=lambda one: (one.first is None, one.first))
        report.notes = [*self._notes.told(), *_behind(self._last.seq - end.seq)]
        report.last = self._last.seq
        return report

    def _next(self, found: Found, line: Line) -> None:
        """One of ours, after all that came before."""
        facts, expected = line.facts, self._last.seq + 1
        if line.seq == expected and line.previous != self._last.mac:
            self._find(Fault.FORKED, line.seq, str(found), facts.get("call_id"))
        until = line.seq
        if facts["kind"] == "gap" and facts["reason"] == "truncated":
            until = max(expected, facts["from"])
            self._find_told(until, line.seq - 1, str(found))
        for each in self._lacking(expected, until - 1, str(found)):
            self._missing.add(*each)
        self._last = line.link
        self._count(found, line, facts)

    def _out_of_place(self, found: Found, line: Line) -> None:
        facts = line.facts
        if self._missing.take(line.seq):
            self._find(Fault.REORDERED, line.seq, str(found), facts.get("call_id"))
            self._count(found, line, facts)
        else:
            self._find(Fault.DUPLICATED, line.seq, str(found), facts.get("call_id"))

    def _lacking(self, first: int, last: int, where: str) -> Missing:
        """What lacks of these numbers, when strange lines in their place have been told of."""
        lacking = Missing()
        lacking.add(first, last, f"before {where}" if where != _END else where)
        rest = [found for found in self._strange if not self._is_one_of(lacking, found)]
        for found in rest:
            self._find_strange(found, lacking.take_first())
        self._strange = []
        return lacking

    def _is_one_of(self, lacking: Missing, found: Found) -> bool:
        """Whether a strange line has the number of one that lacks: then it was that one."""
        line = Line.read(found.raw)
        if line is None or not lacking.take(line.seq):
            return False
        self._find_strange(found, line.seq)
        return True

    def _find_strange(self, found: Found, seq: int | None) -> None:
        line = Line.read(found.raw)
        if line is None:
            self._find(Fault.GARBLED, seq, str(found), None)
        else:
            fault = Fault.FOREIGN if seq is None else Fault.CHANGED
            self._find(fault, seq, str(found), _call_id(line))

    def _count(self, found: Found, line: Line, facts: dict[str, Any]) -> None:
        self._report.records += 1
        self._report.first = self._report.first or line.seq
        self._notes.hear(f"{found}, seq {line.seq}", facts)

    def _find(self, fault: Fault, seq: int | None, where: str, call_id: str | None) -> None:
        self._report.findings.append(Finding(fault, seq, seq, where, call_id))

    def _find_told(self, first: int, last: int, where: str) -> None:
        detail = "missed by the server that went on after them"
        self._report.findings.append(
            Finding(Fault.TRUNCATED, first, last, f"before {where}", detail=detail)
        )


def _range(fault: Fault, first: int, last: int, where: str) -> Finding:
    return Finding(fault, first, last, where)


def _behind(lines: int) -> list[str]:
    return [f"head: {lines} lines behind, as a kill leaves it"] if lines > 0 else []


def _call_id(line: Line) -> str | None:
    """What a line that is not ours says of its call, for whoever looks for it."""
    try:
        call_id = line.facts.get("call_id")
    except ValueError:
        return None
    return call_id if isinstance(call_id, str) else None
