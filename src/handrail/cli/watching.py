"""One picture of what goes on, for a terminal: who calls, what runs, and what is left to whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from handrail.mcp.clean import clean
from handrail.spec.units import duration_text

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_FULL, _NEARLY = 1.0, 0.8
_WIDE = 72
"""Columns from which on the tables have all of theirs."""
_MOST_LETTERS = 12
"""Of a name, however little room there is."""
_HEADS = 6
"""Lines that a server takes before its rows."""
_NUMBERS = ("run", "wait", "calls", "refused", "for")
Facts = Mapping[str, Any]


def picture(servers: Sequence[Facts], width: int, height: int) -> RenderableType:
    """All servers, one below the other, in `width` columns and about `height` lines."""
    if not servers:
        return Text("No server runs with this file.", style="yellow")
    rows = max(2, (height // len(servers) - _HEADS) // 2)
    return Group(*(part for one in servers for part in _server(one, width, rows)))


def _server(facts: Facts, width: int, rows: int) -> Iterator[RenderableType]:
    yield _headline(facts)
    yield _counts(facts)
    yield _table(("caller", "run", "wait", "calls", "refused", "budget"), _callers(facts, rows))
    if facts["flights"]:
        columns = ("tool", "caller", "stage", "for", "command")
        shown = columns if width >= _WIDE else columns[:4]
        yield _table(shown, (row[: len(shown)] for row in _flights(facts, rows)))
    yield Text()


def _headline(facts: Facts) -> Text:
    text = Text(_safe(facts["server"]), style="bold")
    text.append(f"  pid {facts['pid']}, up {_age(facts['seconds'])}, tier {facts['tier']}", "dim")
    for word, is_so in {
        "draining": facts["draining"],
        f"{facts['store']} is away": facts["store_is_away"],
        "the audit cannot be written": facts["audit_is_failing"],
    }.items():
        if is_so:
            text.append(f"  {word}", "bold red")
    return text


def _counts(facts: Facts) -> Text:
    stages = [one["stage"] for one in facts["flights"]]
    text = Text(
        f"{stages.count('running')} running, {stages.count('waiting')} waiting, "
        f"{facts['calls']:,} done"
    )
    refused = facts["refused"]
    if refused:
        codes = ", ".join(f"{code} {count:,}" for code, count in _largest_first(refused))
        text.append(f"; refused: {codes}", "yellow")
    return text


def _largest_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: -one[1])


def _callers(facts: Facts, rows: int) -> Iterator[list[Text]]:
    for one in facts["callers"][:rows]:
        yield [
            Text(_safe(one["name"])),
            Text(str(one["running"])),
            Text(str(one["waiting"])),
            Text(f"{one['calls']:,}"),
            Text(f"{sum(one['refused'].values()):,}"),
            _tightest(one["used"]),
        ]


def _tightest(used: Mapping[str, list[float]]) -> Text:
    """The budget of which the largest part is gone."""
    shares = {name: spent / limit for name, (spent, limit, _) in used.items() if limit}
    if not shares:
        return Text("-", style="dim")
    name = max(shares, key=lambda one: shares[one])
    left = _age(used[name][2])
    style = "red" if shares[name] >= _FULL else "yellow" if shares[name] >= _NEARLY else "green"
    return Text(f"{name} {min(shares[name], 9.99):.0%}, anew in {left}", style=style)


def _flights(facts: Facts, rows: int) -> Iterator[list[Text]]:
    for one in facts["flights"][:rows]:
        words = (one["tool"], one["caller"], one["stage"], _age(one["seconds"]), one["command"])
        yield [Text(_safe(word)) for word in words]


def _table(columns: Sequence[str], rows: Iterable[list[Text]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold cyan", padding=(0, 2, 0, 0))
    cells = list(rows)
    for place, name in enumerate(columns):
        longest = max((row[place].cell_len for row in cells), default=0)
        table.add_column(
            name,
            justify="right" if name in _NUMBERS else "left",
            # What is last gets what the others leave.
            min_width=None if name == "command" else min(longest, _MOST_LETTERS),
            no_wrap=True,
            overflow="ellipsis",
        )
    for row in cells:
        table.add_row(*row)
    return table


def _age(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.0f}s" if seconds >= 10 else f"{seconds:.1f}s"
    unit = next(unit for unit in (_DAY, _HOUR, _MINUTE) if seconds >= unit)
    return duration_text(seconds // unit * unit)


def _safe(text: str) -> str:
    return " ".join(clean(text.encode("utf-8", "surrogateescape")).text.split())
