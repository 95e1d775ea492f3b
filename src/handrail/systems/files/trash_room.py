"""The trash of a workspace whose state folder is the server's own: made for the user of commands.

Elsewhere the work makes it by itself, as that user.
"""

from __future__ import annotations

import os
from contextlib import suppress

from handrail.plan.host import STATE_FOLDER, Host
from handrail.spec.files import Operation
from handrail.spec.server import ServerSpec
from handrail.spec.tool import FilesSpec
from handrail.systems.files.trash import FOLDER

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_STATE_MODE, _TRASH_MODE = 0o755, 0o700


def prepare(spec: ServerSpec, host: Host) -> None:
    """Have the trash, where tools need one that only a server which is root can make.

    Where that cannot be, nothing is done, and a call that needs it says so. Callers who have a
    tree each have their trash in it.
    """
    if spec.workspace.per_caller:
        return
    deletes = any(isinstance(t, FilesSpec) and t.files is Operation.DELETE for t in spec.tools)
    if deletes and host.user is not None and host.state == host.workspace / STATE_FOLDER:
        with suppress(OSError):
            _make(host, host.user.uid, host.user.gid)


def _make(host: Host, uid: int, gid: int) -> None:
    """Make both folders, and follow no link: a repository may bring a `.handrail` of its own."""
    folder = os.open(host.workspace, _OPEN)
    for name, mode in ((STATE_FOLDER, _STATE_MODE), (FOLDER, _TRASH_MODE)):
        above = folder
        try:
            with suppress(FileExistsError):
                os.mkdir(name, mode, dir_fd=above)
            folder = os.open(name, _OPEN, dir_fd=above)
        finally:
            os.close(above)
    try:
        os.fchown(folder, uid, gid)
    finally:
        os.close(folder)
