"""The tree of cgroups: where in it we are, and whether more can grow from there."""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

UNIFIED = ""
"""In place of a controller: the one hierarchy of version 2."""

_NEEDED = ("memory", "pids")
_CONTROL = "cgroup.subtree_control"
_PROCESSES = "cgroup.procs"


def own_group(controller: str) -> Path | None:
    """The folder of our own group for a controller of version 1, or of `UNIFIED`.

    None when this kernel has no such thing, or it cannot be seen from here. The sources are
    cgroups(7), and for the places of mounts, proc(5).
    """
    try:
        path = _own_path(controller)
        mounts = list(_mounts(controller))
    except OSError:
        return None  # not Linux, or no proc
    for root, point in mounts:
        # A container may see no more than its own part of a hierarchy.
        if path is not None and path.is_relative_to(root):
            return point / path.relative_to(root)
    return None


def _own_path(controller: str) -> Path | None:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            return Path(path)
    return None


def _mounts(controller: str) -> Iterator[tuple[Path, Path]]:
    """Where a hierarchy is mounted, and which part of it."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        mount, _, about = line.partition(" - ")
        kind, _, options = about.split(" ", 2)
        of_version_1 = kind == "cgroup" and controller in options.split(",")
        if of_version_1 or (kind == "cgroup2" and controller == UNIFIED):
            root, point = mount.split(" ")[3:5]
            yield Path(_unescape(root)), Path(_unescape(point))


def _unescape(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), text)


def hand_down(own: Path, leaf_name: str) -> Path | str:
    """The group in which groups with limits can be made, or in words why there is none.

    A group that hands down controllers may hold no process, except the root (the kernel's
    cgroup-v2.rst). So we may have to move into a leaf, with our children: this is done in a
    group that is ours alone, and undone when it was in vain. Raises `OSError`.
    """
    group = own.parent if own.name == leaf_name else own
    missing = [name for name in _NEEDED if name not in _words(group / "cgroup.controllers")]
    if missing:
        return f"the cgroup {group} was not given the controllers {' and '.join(missing)}"
    if all(name in _words(group / _CONTROL) for name in _NEEDED):
        return group
    try:
        _enable(group)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        return _stranger_in(group) or _from_a_leaf(group, group / leaf_name)
    return group


def _words(file: Path) -> list[str]:
    return file.read_text().split()


def _enable(group: Path) -> None:
    write(group / _CONTROL, " ".join(f"+{name}" for name in _NEEDED))


def _stranger_in(group: Path) -> str | None:
    """Why this group is not ours alone."""
    for name in (_PROCESSES, _CONTROL):
        if (group / name).stat().st_uid != os.geteuid():
            return f"the cgroup {group} is not delegated to us: {name} belongs to another user"
    for pid in _words(group / _PROCESSES):
        if not _is_below_us(int(pid)):
            return (
                f"the cgroup {group} holds other processes than this server, such as {pid}; "
                "start it in one of its own (systemd: Delegate=yes)"
            )
    return None


def _is_below_us(pid: int) -> bool:
    """Whether this is our own process, or one that we started, over however many steps."""
    while pid not in (0, os.getpid()):
        try:
            # The name of a program, in parentheses, may hold anything.
            after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
        except (FileNotFoundError, ProcessLookupError):
            return True  # it has ended, and is in nobody's way
        pid = int(after_name.split()[1])
    return pid != 0


def _from_a_leaf(group: Path, leaf: Path) -> Path:
    leaf.mkdir(exist_ok=True)
    try:
        _move(group, leaf)
        _enable(group)
    except OSError:
        _move(leaf, group)
        try_remove(leaf)
        raise
    return group


def _move(source: Path, target: Path) -> None:
    for pid in _words(source / _PROCESSES):
        try:
            write(target / _PROCESSES, pid)
        except ProcessLookupError:
            continue  # it has ended


def write(file: Path, text: str) -> None:
    """Write to a file of a cgroup, at once, as it must be. Raises `OSError` with its name."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    except OSError as error:
        error.filename = str(file)
        raise
    finally:
        os.close(descriptor)


def try_remove(folder: Path) -> bool:
    """Remove a cgroup if it holds no process; whether it is gone."""
    with contextlib.suppress(OSError):
        folder.rmdir()
    return not folder.exists()
