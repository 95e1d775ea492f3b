"""A zygote confines itself, once: everything that it starts is held by what holds it."""

from __future__ import annotations

import errno
import os
import resource
import signal

from . import kernel, seccomp, wire

_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 1 | 2
_ABI_WITH_SCOPES = 6
_REFER = 1 << 13


def enter(cell: wire.Cell) -> tuple[bool, int]:
    """Become what `cell` says. Raises `OSError` when one part of it cannot be had.

    Returns whether `kill(-1)` reaches our own tree and nothing else; and the descriptor on
    which refused system calls are heard of, or -1.
    """
    kernel.become_subreaper()
    kernel.forbid_new_privileges()
    alone = os.getpid() == 1
    scoped = alone or (cell.scoped and _enter_scope(filed=bool(cell.filter)))
    for limit, hard in cell.hard_limits:
        _lower(limit, hard)
    _become(cell.uid, cell.gid)
    if alone:
        # Outside of our process namespace: whoever made it for us. Set after the change of
        # user, which clears it.
        kernel.die_with_parent(signal.SIGKILL)
    os.umask(0o022)
    return scoped, _load(cell) if cell.filter else -1


def _enter_scope(*, filed: bool) -> bool:
    """Enter a signal scope, and see by trial that it holds: the server must be out of reach.

    As whoever we still are, so that it is the scope that keeps us from it. `filed`: calls will
    enter domains about files below this one.
    """
    if kernel.landlock_version() < _ABI_WITH_SCOPES:
        return False
    scope = kernel.create_ruleset(_REFER if filed else 0, 0, _SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS)
    if filed:
        # Among domains about files, one that says nothing of renaming between folders forbids it,
        # also where that of the call allows it (landlock(7), LANDLOCK_ACCESS_FS_REFER).
        _grant_everywhere(scope, _REFER)
    kernel.enter(scope)
    os.close(scope)
    try:
        os.kill(os.getppid(), 0)
    except PermissionError:
        return True
    return False


def _grant_everywhere(ruleset: int, rights: int) -> None:
    top = os.open("/", os.O_PATH | os.O_CLOEXEC)
    kernel.grant(ruleset, top, rights)
    os.close(top)


def _lower(limit: int, hard: int) -> None:
    soft, before = resource.getrlimit(limit)
    if before != resource.RLIM_INFINITY:
        hard = min(hard, before)
    soft = hard if soft == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(limit, (soft, hard))


def _become(uid: int, gid: int) -> None:
    if uid >= 0:
        try:
            os.setgroups([])
            os.setresgid(gid, gid, gid)
            os.setresuid(uid, uid, uid)
        except OSError as error:
            raise OSError(error.errno, error.strerror, f"becoming user {uid}") from None
    kernel.drop_capabilities()


def _load(cell: wire.Cell) -> int:
    try:
        return seccomp.load(cell.filter)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
    # Whoever runs our container listens already, and the kernel allows one listener. The same
    # calls are refused; only that nobody tells which.
    seccomp.load_unheard(cell.unheard)
    return -1
