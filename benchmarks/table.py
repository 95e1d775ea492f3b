"""Results for people, and for programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from benchmarks.measure import Ratio, Rounds, Summary

_HEAD = ("", "ours p10", "median", "theirs p10", "median", "ratio p10", "median", "rounds", "gate")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question, asked of us and of them."""

    what: str
    ours: Rounds
    theirs: Rounds
    gate: str = ""

    @property
    def ratio(self) -> Ratio:
        """Ours to theirs."""
        return Ratio.of(self.ours, self.theirs)

    def in_milliseconds(self) -> Comparison:
        """The same, when it was in seconds."""
        ours, theirs = (
            [[sample * 1000 for sample in batch] for batch in rounds]
            for rounds in (self.ours, self.theirs)
        )
        return replace(self, ours=ours, theirs=theirs)

    def cells(self) -> tuple[str, ...]:
        """As a row of the table."""
        ours, theirs, ratio = Summary.of(self.ours), Summary.of(self.theirs), self.ratio
        return (
            self.what,
            *(_short(value) for value in (ours.p10, ours.median, theirs.p10, theirs.median)),
            f"{ratio.p10:.2f}",
            f"{ratio.median:.2f}",
            f"{ratio.low:.2f}-{ratio.high:.2f}",
            self.gate,
        )

    def record(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "what": self.what,
            "ours": asdict(Summary.of(self.ours)),
            "theirs": asdict(Summary.of(self.theirs)),
            "ratio": asdict(self.ratio),
            "rounds": len(self.ours),
            "gate": self.gate,
        }


@dataclass(frozen=True, slots=True)
class Table:
    """The answer of one benchmark. `facts` are measured alone, there being nobody to compare."""

    name: str
    title: str
    comparisons: list[Comparison]
    facts: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """For a terminal, and for Markdown as a block of code."""
        rows = [_HEAD, *(comparison.cells() for comparison in self.comparisons)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
        lines = [
            "  ".join(
                cell.ljust(width) if column in (0, len(_HEAD) - 1) else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        facts = [f"{what}: {value}" for what, value in self.facts.items()]
        return "\n".join([f"{self.name}: {self.title}", *lines, *facts])

    def record(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "title": self.title,
            "comparisons": [comparison.record() for comparison in self.comparisons],
            "facts": self.facts,
        }


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
