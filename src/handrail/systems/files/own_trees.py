"""The workspace of each caller, where the file wants one for each: made when it is first needed."""

from __future__ import annotations

import errno
import os
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

from handrail.errors import StorageFull
from handrail.plan.host import Host
from handrail.plan.own_tree import in_own_tree
from handrail.plan.user import User
from handrail.spec.server import ServerSpec

_MOST_REMEMBERED = 256
"""Callers whose host is kept at hand; that of another is worked out anew."""
_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EMLINK)


class OwnTrees:
    """The machine as each caller has it; with one workspace for all, the same for everybody."""

    def __init__(self, spec: ServerSpec, host: Host) -> None:
        self._host = host
        self._are_own = spec.workspace.per_caller
        self._hosts: OrderedDict[str, Host] = OrderedDict()

    def host_of(self, caller: str) -> Host:
        """The host of the caller with this name, whose workspace is there.

        Raises `StorageFull` when there is no room for one.
        """
        if not self._are_own:
            return self._host
        host = self._hosts.pop(caller, None) or in_own_tree(self._host, caller)
        _make(host.workspace, host.user)
        self._hosts[caller] = host
        if len(self._hosts) > _MOST_REMEMBERED:
            self._hosts.popitem(last=False)
        return host


def _make(tree: Path, user: User | None) -> None:
    """Have the folder: that of `user`, open to nobody else, and no link that lies in its place."""
    above = os.open(tree.parent, _OPEN)
    try:
        with suppress(FileExistsError):
            os.mkdir(tree.name, 0o700, dir_fd=above)
        folder = os.open(tree.name, _OPEN, dir_fd=above)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise StorageFull("there is no room for a workspace of yours") from error
    finally:
        os.close(above)
    try:
        if user is not None and os.fstat(folder).st_uid != user.uid:
            os.fchown(folder, user.uid, user.gid)
    finally:
        os.close(folder)
