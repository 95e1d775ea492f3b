"""What the author of a tool should know of how its example was read."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping

from handrail.profiles.reading import Reading
from handrail.profiles.role import Role
from handrail.profiles.scan import is_option
from handrail.scaffold.imports.wording import cleaned, listed
from handrail.scaffold.piece import Command
from handrail.scaffold.split import Split

_SECRET = re.compile(r"token|secret|passw|api_?key|credential|private", re.IGNORECASE)


def notes(
    given: Split, taken: Command, tool: Mapping[str, object], reading: Reading | None
) -> Iterator[str]:
    """A sentence for each."""
    program = cleaned(given.words[0], 60)
    if shutil.which(given.words[0]) is None:
        yield f'"{program}" is not installed here.'
    if taken.grammar is None:
        guessed = f" Read by their looks: {listed(list(taken.guessed))}." if taken.guessed else ""
        yield f'Nothing is known of "{program}": say its effect.{guessed}'
    if taken.kept:
        kept = listed([f"`{one}`" for one in taken.kept])
        yield (
            f'Kept as typed, as the profile of "{program}" does not say what takes a value there: '
            f"{kept}. Written as `--option=value`, a value may vary."
        )
    yield from _of_reading(reading)
    if given.has_patterns:
        yield "Patterns like `*.py` stay as they are: no shell puts names of files in their place."
    if program == "rsync" and any(_is_slashed(one.value) for one in taken.pieces):
        yield "Paths lose the `/` at their end, which means something to rsync."
    if tool.get("network"):
        yield "It may use the network, and the system tells no host from another."
    if secret := [name for name in given.env if _SECRET.search(name)]:
        yield f"A secret has no place in this file: name {listed(secret)} in [secrets]."


def _of_reading(reading: Reading | None) -> Iterator[str]:
    for use in reading.uses if reading is not None else ():
        if use.role in (Role.RUN, Role.RUNS) and is_option(use.name):
            yield f"`{cleaned(use.name, 60)}` may make it start other programs."
        if use.role is Role.REFUSED:
            yield (
                f"Callers who give argv may not do this, as {cleaned(use.value, 200)}: it is "
                'declared "destructive", so that a person approves each call.'
            )


def _is_slashed(value: str | None) -> bool:
    return value is not None and len(value) > 1 and value.endswith("/")
