"""What `handrail doctor` found, for a person: as wide as the screen allows."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from handrail.sandbox.evidence import FORBIDDEN, NEEDED, SUCCEEDED
from handrail.spec.server import Tier

_MARGIN = 12
_GAP = "  "
_LEAST_COLUMNS = 80
_LEGEND = "! is why the tier does not hold."


def told(facts: Mapping[str, Any], columns: int) -> Iterator[str]:
    """All lines, none longer than `columns` or 80, whichever is more, but for paths."""
    columns = max(columns, _LEAST_COLUMNS)
    machine, users = facts["machine"], facts["users"]
    landlock = f"Landlock {machine['landlock'] or 'none'}"
    bwrap = f"bwrap {machine['bwrap'] or 'none'}"
    yield from _entry(
        "machine", f"{machine['kernel']} {machine['machine']}, {landlock}, {bwrap}", columns
    )
    who = f"the server is {users['server']}, commands run as {users['commands']}"
    yield from _entry("users", who, columns)
    yield from _entry("cgroups", _cgroups(facts["cgroups"]), columns)
    yield from _file(facts["file"], columns)
    yield from _entry("strongest", facts["strongest"], columns)
    yield ""
    for name, tier in facts["tiers"].items():
        yield from _tier(name, tier, columns)
    yield ""
    yield from _open(facts["not_covered"], columns)
    yield ""
    yield from _table(facts["tiers"], columns)


def _entry(name: str, text: str, columns: int) -> list[str]:
    return textwrap.wrap(
        f"{name:<{_MARGIN}}{text}",
        columns,
        subsequent_indent=" " * _MARGIN,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _cgroups(cgroups: Mapping[str, Any]) -> str:
    if cgroups["why"] is not None:
        return f"none: {cgroups['why']}"
    return f"version {cgroups['version']}, bounding memory and processes"


def _file(file: Mapping[str, Any] | None, columns: int) -> Iterator[str]:
    if file is None:
        yield from _entry("file", "none: what follows is the machine alone", columns)
        return
    gets = f"gets {file['tier']}" if file["tier"] else "gets none that will do"
    pins = f", pins {file['use']}" if file["use"] else ""
    requires = f" requires {file['require']}{pins} and {gets}" if file["require"] else ""
    yield from _entry("file", f"{file['path']}{requires}", columns)
    for one in file["problems"]:
        where = f"{one['file']}:{one['line']}:{one['column']}"
        yield from _item(
            f"{where} {one['severity']}[{one['code']}] {one['message']}", "- ", columns
        )
        if one["hint"]:
            yield from _item(one["hint"], "> ", columns)


def _tier(name: str, tier: Mapping[str, Any], columns: int) -> Iterator[str]:
    yield from _entry(name, "holds" if tier["holds"] else "does not hold here", columns)
    for reason in tier["shortcomings"]:
        yield from _item(reason, "- ", columns)
    for step in tier["advice"]:
        yield from _item(step, "> ", columns)


def _open(not_covered: list[str], columns: int) -> Iterator[str]:
    for number, gap in enumerate(not_covered):
        yield from _entry("" if number else "not covered", gap, columns)


def _item(text: str, bullet: str, columns: int) -> list[str]:
    indent = " " * _MARGIN + bullet
    return textwrap.wrap(
        text,
        columns,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _table(tiers: Mapping[str, Any], columns: int) -> Iterator[str]:
    """What each probe met: a line for each attempt, a column for each tier that was tried.

    With the errors and facts where there is room for them; `--json` has them in full.
    """
    met = {name: tier["met"] for name, tier in tiers.items() if tier["met"]}
    if not met:
        return
    full, brief = (list(_rows(met, evidence=evidence)) for evidence in (True, False))
    rows = full if max(map(len, _aligned(full))) <= columns else brief
    yield from _aligned(rows)
    if any("!" in cell for row in rows for cell in row):
        yield from ("", _LEGEND)


def _rows(met: Mapping[str, Mapping[str, str]], *, evidence: bool) -> Iterator[list[str]]:
    yield ["could a command …", *met]
    for attempt in FORBIDDEN:
        cells = []
        for tier, results in met.items():
            must = False if Tier(tier).at_least(attempt.denied_from) else None
            cells.append(_cell(results.get(attempt.name), must=must, evidence=evidence))
        yield [attempt.words, *cells]
    yield [""]
    yield ["and, as it must be able to, …"]
    for name, words in NEEDED.items():
        cells = [_cell(each.get(name), must=True, evidence=evidence) for each in met.values()]
        yield [words, *cells]


def _cell(result: str | None, *, must: bool | None, evidence: bool) -> str:
    """`no (EACCES)`, with a mark when it `must` be otherwise; None: either will do."""
    done = result == SUCCEEDED
    mark = "" if must in (None, done) and result is not None else "!"
    if result is None:
        return f"not tried{mark}"
    if done:
        return f"yes{mark}"
    return f"no{mark} ({_reason(result)})" if evidence else f"no{mark}"


def _reason(result: str) -> str:
    """The name of an error; of a fact, its beginning."""
    error = re.search(r"\((E[A-Z0-9]+)\)$", result)
    return error[1] if error else result.partition(",")[0]


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    return [_GAP.join(map(str.ljust, row, widths)).rstrip() for row in rows]
