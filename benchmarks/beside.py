"""`python -m benchmarks.beside NAME FILE…`: the ratios of several records, side by side.

For one benchmark under several versions of Python: each FILE is what `--json` wrote. Prints
Markdown: for each row the ratio by p10 and, after it, by median.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Read, and print."""
    name, *files = sys.argv[1:]
    print(side_by_side(name, [json.loads(Path(file).read_text()) for file in files]))


def side_by_side(name: str, records: list[dict[str, Any]]) -> str:
    """A row for each comparison, a column for each record."""
    columns = [_column(record, name) for record in records]
    head = ["", *(_python(record) for record in records), "gate"]
    rows = [head, ["---"] * len(head)]
    for what, gate in _gates(records[0][name]).items():
        rows.append([what, *(column.get(what, "") for column in columns), gate])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _column(record: dict[str, Any], name: str) -> dict[str, str]:
    return {
        row["what"]: f"{row['ratio']['p10']:.2f}, {row['ratio']['median']:.2f}"
        for row in record[name]["comparisons"]
    }


def _gates(table: dict[str, Any]) -> dict[str, str]:
    return {row["what"]: row["gate"] for row in table["comparisons"]}


def _python(record: dict[str, Any]) -> str:
    """From the words about the machine: 2026-11-22, Python 3.11.7, …"""
    _, python, *_ = record["machine"].split(", ")
    return str(python)


if __name__ == "__main__":
    main()
