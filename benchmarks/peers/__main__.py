"""`python -m benchmarks.peers [--peers FOLDER] [--rounds N] [--tiny] [--json FILE]`."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from benchmarks.__main__ import machine
from benchmarks.peers.contenders import Peers, ours
from benchmarks.peers.measure import ROUNDS, beside
from benchmarks.peers.places import TINY, Size, large_repository, long_file, this_repository
from benchmarks.peers.questions import of_files, of_git, of_long_file
from benchmarks.peers.whole import read_whole
from benchmarks.table import Table
from handrail.spec.files import MOST_LINES

TIERS = ("landlock", "namespaces")


def main() -> None:
    """Measure, and print tables."""
    options = arguments()
    peers = Peers(options.peers.resolve())
    if peers.missing:
        sys.exit(f"benchmarks.peers: {peers.missing}")
    where = f"{machine()}, {peers.versions}"
    print(where, flush=True)
    with tempfile.TemporaryDirectory(prefix="handrail-peers-") as above:
        Path(above).chmod(0o755)
        size = TINY if options.tiny else Size()
        tables = asyncio.run(measured(peers, Path(above), size, options.rounds))
    if options.json is not None:
        record = {"machine": where, "tables": [table.record() for table in tables]}
        options.json.write_text(json.dumps(record, indent=2) + "\n")


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--peers", type=Path, default=Path(".peers"), metavar="FOLDER")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--tiny", action="store_true", help="small things, to see that it works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    return parser.parse_args()


async def measured(peers: Peers, above: Path, size: Size, rounds: int) -> list[Table]:
    """The tables, printed as they come."""
    tables = []
    async for table in _tables(peers, above, size, rounds):
        tables.append(table)
        print(f"\n{table.text()}", flush=True)
    return tables


async def _tables(peers: Peers, above: Path, size: Size, rounds: int) -> AsyncIterator[Table]:
    for place in (this_repository(above), large_repository(above, size)):
        tiers = [ours(tier, place.folder, above) for tier in TIERS]
        files, git = peers.filesystem(place.folder), peers.git(place.folder)
        yield await beside(place.name, tiers, files, of_files(place), rounds)
        yield await beside(place.name, tiers, git, of_git(place), rounds)
    yield await _long(peers, above, size, rounds)


async def _long(peers: Peers, above: Path, size: Size, rounds: int) -> Table:
    file = long_file(above, size)
    tiers = [ours(tier, file.parent, above) for tier in TIERS]
    peer = peers.filesystem(file.parent)
    title = f"a file of {size.long_bytes / 1e6:.0f} MB"
    table = await beside(title, tiers, peer, of_long_file(file), rounds)
    for tier in tiers:
        reading = read_whole(tier, "read_file", {"path": file.name, "limit": MOST_LINES})
        table.facts[f"read to its end, {tier.name}"] = str(reading)
    reading = read_whole(peer, "read_text_file", {"path": str(file)})
    table.facts[f"read to its end, {peer.name}"] = str(reading)
    return table


if __name__ == "__main__":
    main()
