"""The libraries of a native program that lie outside the system, file by file (ld.so(8))."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from handrail.plan.runtimes.elf import Linking, linking
from handrail.plan.runtimes.names import names_of
from handrail.plan.runtimes.runtime import Runtime, is_file
from handrail.plan.runtimes.system import is_of_system


def libraries(names: Sequence[Path]) -> Iterator[Runtime]:
    """Every library that the program is linked with, and theirs, wherever they say it is.

    A file that is no library is none of these, whatever the program says.
    """
    waiting, seen = [names[-1]], {names[-1]}
    while waiting:
        image = waiting.pop()
        said = None if is_of_system(image) else linking(image)
        if said is None:
            continue
        yield Runtime("native")
        for found in _linked(said, image.parent):
            steps = names_of(found)
            if steps[-1] not in seen and linking(steps[-1]) is not None:
                yield Runtime("", executable=steps)
                waiting.append(steps[-1])
            seen.add(steps[-1])


def _linked(said: Linking, origin: Path) -> Iterator[Path]:
    """Where the loader would find what is linked, as far as the program says it itself."""
    folders = [_expand(folder, origin) for folder in said.folders]
    for name in (said.loader, *said.libraries):
        places = [Path(_expand(name, origin))] if "/" in name else [Path(f, name) for f in folders]
        found = (place for place in places if place.is_absolute() and is_file(place))
        yield from (place for place in [next(found, None)] if place is not None)


def _expand(path: str, origin: Path) -> str:
    for written in ("$ORIGIN", "${ORIGIN}"):
        path = path.replace(written, str(origin))
    return path
