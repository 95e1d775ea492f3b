"""What an update does with each file, by its owner and by who changed it since the last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from handrail.scaffold.eject.owner import File, Owner, Rendered
from handrail.scaffold.update.merge import merge
from handrail.scaffold.update.place import free_name
from handrail.scaffold.update.sound import fault
from handrail.scaffold.update.there import InTheWay, There, there


class Kind(StrEnum):
    """What becomes of a file."""

    ADDED = "added"
    REWRITTEN = "rewritten"
    MERGED = "merged"
    REMOVED = "removed"
    KEPT = "kept"
    """It stays as you have it, though we would have it otherwise."""
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where a person must decide. Lines count from 1."""

    line: int
    """In the file as it is."""
    marked: int
    """In the file as it would be."""
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one file; None stands for no file."""

    kind: Kind
    path: PurePosixPath
    before: bytes | None = None
    after: bytes | None = None
    note: str = ""
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether anything is written or removed."""
        return self.before != self.after


def changes(root: Path, base: Rendered, new: Rendered) -> list[Change]:
    """What makes of the project in `root`, rendered as `base` and edited since, the one of `new`.

    Files that stay as they are, and are as they should be, are not among them.
    """
    return [
        change
        for path in sorted({*base, *new})
        for change in _changes(root, path, base.get(path), new.get(path))
    ]


def _changes(root: Path, path: PurePosixPath, old: File | None, ours: File | None) -> list[Change]:
    stands = there(root, path)
    if ours is None:
        return list(_gone(path, old, stands))
    if old is None:
        return list(_new(root, path, ours, stands))
    if ours.owner is Owner.SEEDED or ours.data in (old.data, stands):
        return []
    return list(_changed(root, path, old, ours, stands))


def _gone(path: PurePosixPath, old: File | None, stands: There) -> Iterator[Change]:
    """A file that we no longer make."""
    if old is None or old.owner is Owner.SEEDED or stands is None:
        return
    if isinstance(stands, InTheWay):
        yield Change(Kind.KEPT, path, note=f"not needed any more, but {stands}")
    elif stands == old.data:
        yield Change(Kind.REMOVED, path, before=stands)
    else:
        note = "not needed any more, but changed by hand: it is yours now"
        yield Change(Kind.KEPT, path, stands, stands, note)


def _new(root: Path, path: PurePosixPath, ours: File, stands: There) -> Iterator[Change]:
    """A file that we did not make before."""
    if stands is None:
        yield Change(Kind.ADDED, path, after=ours.data)
    elif isinstance(stands, InTheWay):
        yield from _blocked(root, path, ours, stands)
    elif stands != ours.data and ours.owner is not Owner.SEEDED:
        yield Change(Kind.KEPT, path, stands, stands, "made by hand")
        yield _beside(root, path, ours)


def _changed(
    root: Path, path: PurePosixPath, old: File, ours: File, stands: There
) -> Iterator[Change]:
    """A file that is to be otherwise than we made it before."""
    if stands is None:
        yield Change(Kind.KEPT, path, note="removed by hand, and so not written anew")
    elif isinstance(stands, InTheWay):
        yield from _blocked(root, path, ours, stands)
    elif stands == old.data:
        yield Change(Kind.REWRITTEN, path, stands, ours.data)
    else:
        yield from _both(root, path, old, ours, stands)


def _both(root: Path, path: PurePosixPath, old: File, ours: File, yours: bytes) -> Iterator[Change]:
    """A file that was changed by hand, and is to be otherwise."""
    merged = merge(old.data, yours, ours.data)
    wrong = merged and not merged.conflicts and fault(path, merged.data)
    if merged and not merged.conflicts and not wrong:
        yield Change(Kind.MERGED, path, yours, merged.data)
    elif ours.owner is Owner.GENERATED:
        kept = free_name(root, path, ".yours")
        yield Change(Kind.REWRITTEN, path, yours, ours.data)
        yield Change(Kind.KEPT, kept, after=yours, note=f"{path} as you had it")
    elif merged is None:
        says = Disagreement(1, 1, "changed by hand, and no text that could be merged")
        yield Change(Kind.CONFLICT, path, yours, yours, disagreements=(says,))
        yield _beside(root, path, ours)
    elif wrong:
        message = f"both changes together are wrong at line {wrong.line}: {wrong.message}"
        says = Disagreement(1, wrong.line, message)
        yield Change(Kind.CONFLICT, path, yours, merged.data, disagreements=(says,))
    else:
        message = "these lines were changed by hand, and are to be otherwise"
        found = tuple(Disagreement(one.line, one.marked, message) for one in merged.conflicts)
        yield Change(Kind.CONFLICT, path, yours, merged.data, disagreements=found)


def _blocked(root: Path, path: PurePosixPath, ours: File, by: InTheWay) -> Iterator[Change]:
    says = Disagreement(1, 1, f"{by}, which no update follows or replaces")
    yield Change(Kind.CONFLICT, path, disagreements=(says,))
    if by.at == path:
        yield _beside(root, path, ours)


def _beside(root: Path, path: PurePosixPath, ours: File) -> Change:
    aside = free_name(root, path, ".handrail-new")
    return Change(Kind.ADDED, aside, after=ours.data, note=f"what {path} would be")
