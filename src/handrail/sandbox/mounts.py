"""What bwrap(1) will be told: a disk of which only the plan's part exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from handrail.plan.access import Access

TEMPORARY = (Path("/tmp"), Path("/dev/shm"))  # noqa: S108  # as they are called inside
_PRIVATE = "handrail"
_ALONE = (
    *("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
    *("--die-with-parent", "--new-session", "--as-pid-1", "--clearenv", "--cap-drop", "ALL"),
)
_TO_CHANGE_USER = ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
_OWN_USERS = ("--unshare-user",)


def private_folders(access: Access) -> tuple[Path, ...]:
    """The folders of a view that belong to one call alone.

    Those that hold something of the disk cannot be emptied; they get a folder in them instead.
    """
    seen = (*access.readable, *access.executable, *access.writable)
    return tuple(
        folder / _PRIVATE if any(path.is_relative_to(folder) for path in seen) else folder
        for folder in TEMPORARY
    )


def arguments(
    access: Access, *, own: tuple[Path, ...], network: bool, as_root: bool, temporary_bytes: int
) -> tuple[str, ...]:
    """bwrap's arguments, up to the program.

    `own` is what the zygote itself needs to start. `as_root`: root makes the view, and the
    zygote changes its user inside; otherwise the view needs a user namespace.
    """
    size = ("--size", str(temporary_bytes), "--perms", "1777", "--tmpfs")
    return (
        *_ALONE,
        *(_TO_CHANGE_USER if as_root else _OWN_USERS),
        *(() if network else ("--unshare-net",)),
        *("--proc", "/proc", "--dev", "/dev"),
        *(word for folder in TEMPORARY for word in (*size, str(folder))),
        *_binds(access, own),
        *("--chdir", "/", "--"),
    )


def _binds(access: Access, own: tuple[Path, ...]) -> Iterator[str]:
    seen = (*access.readable, *access.executable, *own)
    modes = {path: "--ro-bind-try" for path in seen if not _is_below(path, access.writable)}
    modes |= dict.fromkeys(access.writable, "--bind-try")
    modes |= dict.fromkeys(access.kept, "--ro-bind-try")
    # Whoever comes later lies on top, so a folder must come before what is in it. What was
    # seen when the call was planned may have gone since: the view is made without it.
    for folder in _parents([*modes, *(name for name, _ in access.links)]):
        yield from ("--perms", "0755", "--dir", str(folder))
    for name, target in access.links:
        if not _is_below(name, modes):
            yield from ("--symlink", str(target), str(name))
    for path in sorted(modes):
        yield from (modes[path], str(path), str(path))
    for path in access.hidden_folders:
        # Without a server that is root, the folder is the command's own, which could open it.
        yield from ("--perms", "0000", "--tmpfs", str(path), "--remount-ro", str(path))
    for path in access.hidden_files:
        yield from ("--ro-bind", "/dev/null", str(path))


def _is_below(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def _parents(paths: Iterable[Path]) -> list[Path]:
    """Every folder above `paths`, those above others first: bwrap would make them closed."""
    above = {parent for path in paths for parent in path.parents}
    return sorted(above - {Path("/"), *TEMPORARY, *paths})
