"""What a call's rules let it do at a path, exceptions and all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path

from handrail.sandbox.landlock import WRITE, Grant


@dataclass(frozen=True, slots=True)
class Granted:
    """The grants of a call. `in_view`: the exceptions are mounts, not rules of Landlock's."""

    grants: tuple[Grant, ...]
    in_view: bool

    def rights(self, path: Path) -> int:
        """All rights at `path`, as numbers of landlock(7)."""
        return reduce(or_, (grant.rights for grant in self._over(path)), 0)

    def is_above(self, path: Path) -> bool:
        """Whether something is granted below `path`, so that a view has it as an empty folder."""
        return any(grant.path.is_relative_to(path) for grant in self.grants)

    def may_change(self, folder: Path) -> bool:
        """Whether names may come and go in `folder`.

        Landlock knows no exceptions, so a folder that holds one gets no rights of its own.
        """
        return any(
            grant.rights & WRITE and (self.in_view or not _below(folder, grant.besides))
            for grant in self._over(folder)
        )

    def excepted(self, path: Path) -> Path | None:
        """The exception that holds `path`, though all around it is granted."""
        return next((one for one in self._exceptions(path) if path.is_relative_to(one)), None)

    def held_by(self, folder: Path) -> tuple[Path, ...]:
        """The exceptions from what may be written, below `folder`."""
        besides = (
            one for grant in self._over(folder) if grant.rights & WRITE for one in grant.besides
        )
        return _below(folder, dict.fromkeys(besides))

    def _over(self, path: Path) -> Iterator[Grant]:
        for grant in self.grants:
            if path.is_relative_to(grant.path) and not any(
                path.is_relative_to(one) for one in grant.besides
            ):
                yield grant

    def _exceptions(self, path: Path) -> Iterator[Path]:
        for grant in self.grants:
            if path.is_relative_to(grant.path):
                yield from grant.besides


def _below(folder: Path, paths: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(path for path in paths if path.is_relative_to(folder))
