"""Whether the rules bear out what a command complained of, and what the file would need."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from handrail.plan.declared import is_system
from handrail.plan.disk import Disk
from handrail.plan.environment import BASE
from handrail.plan.plan import Plan
from handrail.sandbox.complaint import Complaint
from handrail.sandbox.granted import Granted
from handrail.sandbox.landlock import EXECUTE, READ, WRITE
from handrail.sandbox.mounts import TEMPORARY
from handrail.sandbox.want import UNDECIDED, Want

_RIGHTS = {Want.READ: READ, Want.WRITE: WRITE, Want.START: EXECUTE & ~READ}
_PLAIN = {Want.READ: os.R_OK, Want.WRITE: os.W_OK, Want.START: os.X_OK}
_NAMES = (Want.CREATE, Want.REMOVE, Want.MOVE)
_NO_HOME = Path(BASE["HOME"])
# The kernel's own rules hold there, and much of it looks different to each process.
_OF_PROCESSES = tuple(map(Path, ("/proc", "/dev/fd", "/dev/stdin", "/dev/stdout", "/dev/stderr")))


@dataclass(frozen=True, slots=True)
class Lack:
    """What the rules did not grant at `path`, and the command wanted.

    `level`: the exceptions for whose sake the whole folder around `path` is kept as it is.
    """

    path: Path
    wants: tuple[Want, ...]
    allow: str | None
    level: tuple[Path, ...] = ()

    @property
    def operation(self) -> str:
        """What the command wanted, in words."""
        return f"{' or '.join(self.wants)} {self.path}"


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges by what is `granted`; asks `disk` about nothing that the command could not see."""

    plan: Plan
    granted: Granted
    disk: Disk
    private: tuple[Path, ...]

    def judge(self, complaint: Complaint) -> Lack | None:
        """What the rules did not grant; None when they may have nothing to do with it."""
        found = (self._judge(path, complaint) for path in complaint.paths)
        return next(filter(None, found), None)

    def _judge(self, path: Path, complaint: Complaint) -> Lack | None:
        place = self._place(path)
        if any(place.is_relative_to(other) for other in _OF_PROCESSES):
            return None
        visible = bool(self.granted.rights(place) & READ)
        if complaint.absent and (visible or self._is_there(place)):
            return None
        wants = tuple(self._denied(place, self._meant(place, complaint, visible=visible)))
        if not wants:
            return None
        allowed = dict.fromkeys(self._allow(want, path, place) for want in wants)
        return Lack(
            path=path,
            wants=wants,
            allow=" or ".join(filter(None, allowed)) or None,
            level=self._level(wants[0], place),
        )

    def _place(self, path: Path) -> Path:
        """Where `path` leads. A view has no other links than it was given."""
        if self._is_private(path):
            return path
        if not self.granted.in_view or self.granted.rights(path):
            return self.disk.real(path)
        for name, target in self.plan.access.links:
            if path.is_relative_to(name):
                return target / path.relative_to(name)
        return path

    def _is_there(self, place: Path) -> bool:
        return not self.granted.in_view or self.granted.is_above(place)

    def _meant(self, place: Path, complaint: Complaint, *, visible: bool) -> tuple[Want, ...]:
        """What the complaint can have been about; nothing when that may be no path at all."""
        wants = complaint.wants
        exists = visible and (self._is_private(place) or self.disk.has(place))
        if complaint.absent:
            return wants[:1]
        if wants == UNDECIDED and not (exists or complaint.sure):
            return ()
        if wants == UNDECIDED:
            return wants if exists else (Want.CREATE,) if visible else (Want.READ, Want.WRITE)
        if visible and wants[0] in (Want.CREATE, Want.WRITE):
            return (Want.WRITE,) if exists else (Want.CREATE,)
        return wants

    def _denied(self, place: Path, wants: tuple[Want, ...]) -> Iterator[Want]:
        """Those of `wants` that the rules deny, unless owner and mode explain the failure too."""
        denied = [want for want in wants if not self._grants(want, place)]
        if denied and all(self._permits(want, place) for want in wants if want not in denied):
            yield from (w for w in denied if w is not Want.START or self._permits(w, place))

    def _permits(self, want: Want, place: Path) -> bool:
        """Whether owner and mode let the command do this; never asked of what it cannot see."""
        visible = self.granted.rights(place) & READ and not self._is_private(place)
        return want not in _PLAIN or not visible or self.disk.permits(place, _PLAIN[want])

    def _grants(self, want: Want, place: Path) -> bool:
        if want in _NAMES:
            return self.granted.may_change(place.parent)
        return bool(self.granted.rights(place) & _RIGHTS[want])

    def _is_private(self, place: Path) -> bool:
        return any(place.is_relative_to(folder) for folder in self.private)

    def _level(self, want: Want, place: Path) -> tuple[Path, ...]:
        if want not in _NAMES or self.granted.excepted(place) is not None:
            return ()
        return self.granted.held_by(place.parent)

    def _allow(self, want: Want, path: Path, place: Path) -> str | None:
        if path.is_relative_to(_NO_HOME):
            return 'env = { HOME = "$TMPDIR" }'
        if want is Want.READ:
            return None if self.granted.excepted(place) else f"readable = {_list([path])}"
        if want is Want.START:
            return self._allow_start(path, place)
        return self._allow_writing(want, path, place)

    def _allow_start(self, path: Path, place: Path) -> str | None:
        if self._is_private(place):
            return None
        theirs = (self.plan.workspace, *self.plan.access.writable)
        if any(place.is_relative_to(tree) for tree in theirs):
            return 'acknowledge = ["executes-workspace-code"]'
        return f"executable = {_list([path])}"

    def _allow_writing(self, want: Want, path: Path, place: Path) -> str | None:
        kept = self.granted.excepted(place)
        target = path.parent if want in _NAMES else path
        added = (kept,) if kept else self._level(want, place) or (target,)
        # Whoever could write those could change the rules, or what the server knows of itself.
        if (kept or added != (target,)) and any(one.name != ".git" for one in added):
            return None
        if is_system(place) or is_system(added[0]) or added[0] in TEMPORARY:
            return None
        return f"writable = {_list([*self.plan.access.writable, *added])}"


def _list(paths: Iterable[Path]) -> str:
    return f"[{', '.join(json.dumps(str(path), ensure_ascii=False) for path in paths)}]"
