"""What the tier `landlock` leaves open or closed against the word of the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from handrail.diagnostic import Finding, Severity
from handrail.plan.access import Access, access_of
from handrail.plan.host import Host
from handrail.spec.server import ServerSpec

_HINT = (
    "Install bubblewrap for the tier namespaces, or name in `writable` the folders that the "
    "tool writes to"
)

_MET = (
    "at tier landlock, callers' commands see that others' files exist, and may change the modes "
    "and times of those whose names they know; never what is in them"
)
_APART = "Install bubblewrap for the tier namespaces, where they see nothing of each other."


def held(host: Host, spec: ServerSpec) -> Iterator[Finding]:
    """The writable folders that hold something kept, for the tier `landlock`.

    Its rules know no exceptions (landlock(7)): what may be made in a folder may be made in all
    below it. So a folder with something kept in it gets no such right.
    """
    if spec.workspace.per_caller:
        # What will be in the callers' trees is theirs; between them is what the tier leaves open.
        yield Finding(("workspace", "per_caller"), "E435", _MET, _APART, Severity.WARNING)
        return
    for index, tool in enumerate(spec.tools):
        for folder, names in _held(access_of(tool, host)).items():
            message = (
                f"at tier landlock, nothing new can be made at the top of {folder}, "
                f"which holds {' and '.join(dict.fromkeys(names))}"
            )
            also = ', or name ".git" too' if ".git" in names else ""
            at = ("tool", index, "effect" if tool.writable is None else "writable")
            yield Finding(at, "E145", message, f"{_HINT}{also}.", Severity.WARNING)


def _held(access: Access) -> dict[Path, list[str]]:
    """Each folder with the names of what is kept in it, or on the way to it."""
    found: dict[Path, list[str]] = {}
    for kept in access.kept:
        for folder, name in zip(kept.parents, (kept, *kept.parents), strict=False):
            if any(folder.is_relative_to(tree) for tree in access.writable):
                found.setdefault(folder, []).append(name.name)
    return found
