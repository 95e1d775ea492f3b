"""`python -m tests.attacks.table`: try every attack by command line, and write docs/attacks.md."""

from __future__ import annotations

import asyncio
import shutil
import sys

from tests.attacks.case import Case, cases
from tests.attacks.verdicts import TABLE, answers, row

_RULER = "|---|---|---|---|\n"


async def _rows() -> list[str]:
    found = []
    for case in cases():
        sys.stderr.write(f"{case.program}: {case.name}\n")
        found.append(await _row(case))
    return found


async def _row(case: Case) -> str:
    if not shutil.which(case.commands[0][0]):
        sys.exit(f"{case.commands[0][0]} is not installed; see .ci/run")
    return row(case, await answers(case))


def main() -> None:
    """Write the table."""
    head, ruler, _ = TABLE.read_text().partition(_RULER)
    TABLE.write_text(head + ruler + "\n".join(asyncio.run(_rows())) + "\n")


if __name__ == "__main__":
    main()
