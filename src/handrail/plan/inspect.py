"""What a profile wants to be looked at before its program runs, as git's configuration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from handrail.plan.host import Host
from handrail.plan.repository import neutralise
from handrail.profiles.reading import Nested, Reading


def inspected(reading: Reading, cwd: Path, host: Host) -> Reading:
    """`reading` with what the machine makes necessary, in every command of it.

    Raises `Denied` for what cannot be made harmless.
    """
    nested = tuple(_inspected(one, cwd, host) for one in reading.nested)
    profile = host.profiles.get(reading.path[0])
    extra: tuple[str, ...] = ()
    if profile is not None and profile.inspect == "git":
        extra = neutralise(cwd.joinpath(*reading.folders), host.workspace)
    added = ((0, extra), *reading.added) if extra else reading.added
    return replace(reading, added=added, nested=nested)


def _inspected(one: Nested, cwd: Path, host: Host) -> Nested:
    if one.reading is None:
        return one
    return replace(one, reading=inspected(one.reading, cwd, host))
