"""`python -m benchmarks [NAME…] [--rounds N] [--json FILE]`: measure, and print tables."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks import (
    accounts,
    calls,
    first_call,
    flood,
    metered,
    spawn,
    startup,
    throughput,
    watched,
)
from benchmarks.table import Table

BENCHMARKS: dict[str, tuple[Callable[[int], Awaitable[Table]], int]] = {
    "spawn": (spawn.measure, spawn.ROUNDS),
    "calls": (calls.measure, calls.ROUNDS),
    "throughput": (throughput.measure, throughput.ROUNDS),
    "flood": (flood.measure, flood.ROUNDS),
    "startup": (startup.measure, startup.ROUNDS),
    "first_call": (first_call.measure, first_call.ROUNDS),
    "metered": (metered.measure, metered.ROUNDS),
    "watched": (watched.measure, watched.ROUNDS),
    "accounts": (accounts.measure, accounts.ROUNDS),
}


def main() -> None:
    """Measure what was asked for; everything by default."""
    options = arguments()
    where = machine()
    print(where, flush=True)
    tables = asyncio.run(measured(options.names or list(BENCHMARKS), options.rounds))
    if options.json is not None:
        record = {"machine": where, **{table.name: table.record() for table in tables}}
        options.json.write_text(json.dumps(record, indent=2) + "\n")


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--rounds", type=int, help="rounds of each; each has its own default")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    options = parser.parse_args()
    if unknown := set(options.names) - BENCHMARKS.keys():
        parser.error(
            f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}"
        )
    return options


async def measured(names: list[str], rounds: int | None) -> list[Table]:
    """The tables, printed as they come."""
    tables = []
    for name in names:
        measure, default = BENCHMARKS[name]
        tables.append(await measure(rounds or default))
        print(f"\n{tables[-1].text()}", flush=True)
    return tables


def machine() -> str:
    """Where and when this is measured."""
    return (
        f"{time.strftime('%Y-%m-%d')}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {platform.system()} "
        f"{platform.release()}"
    )


if __name__ == "__main__":
    main()
