"""Whom commands run as: never root, unless the server file says so in a word of its own."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from handrail.diagnostic import Finding
from handrail.spec.suggest import closest

_AT = ("confinement", "user")
_NOBODY = 65534
"""The number of `nobody`, where the machine has no user of this name."""


@dataclass(frozen=True, slots=True)
class User:
    """Whom commands run as: one user and one group, and no supplementary groups."""

    name: str
    uid: int
    gid: int

    def __str__(self) -> str:
        return self.name if self.name == str(self.uid) else f"{self.name} ({self.uid})"


def choose_user(wanted: str | int | None, workspace: Path) -> User | Finding | None:
    """The user that `wanted` names or numbers; None for the server's own, unless that is root.

    A server that is root and is told none takes the owner of the workspace, and `nobody` where
    root owns that too. A finding when there is no such user, or when only root could become it.
    """
    user = None if wanted is None else _named(wanted, workspace)
    if isinstance(user, Finding):
        return user
    if os.geteuid() == 0:
        return user or _default(workspace)
    if user is None or user.uid == os.geteuid():
        return None
    message = f"the server cannot run commands as {user}: only root can change users"
    return Finding(_AT, "E144", message, "Start the server as root, or remove `user`.")


def _named(wanted: str | int, workspace: Path) -> User | Finding:
    if wanted in ("root", 0):
        return User("root", 0, 0)  # also where the machine has no list of its users
    if isinstance(wanted, int):
        return _numbered(wanted, workspace)
    try:
        return _known(pwd.getpwnam(wanted))
    except (KeyError, ValueError):  # no such name; no name at all, as with a NUL in it
        meant = closest(wanted, (entry.pw_name for entry in pwd.getpwall()))
        hint = f'Did you mean "{meant}"?' if meant else "Create the user, or give a number."
        return Finding(_AT, "E143", f'there is no user "{wanted}" on this machine', hint)


def _default(workspace: Path) -> User:
    try:
        owner = workspace.stat().st_uid
    except OSError:
        owner = 0  # there is none, and that is a finding of its own
    if owner != 0:
        return _numbered(owner, workspace)
    nobody = _named("nobody", workspace)
    return nobody if isinstance(nobody, User) else User("nobody", _NOBODY, _NOBODY)


def _numbered(uid: int, workspace: Path) -> User:
    try:
        return _known(pwd.getpwuid(uid))
    except KeyError:
        return User(str(uid), uid, _group_of(uid, workspace))


def _known(entry: pwd.struct_passwd) -> User:
    return User(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _group_of(uid: int, workspace: Path) -> int:
    """The group of a user without a name: that of its workspace, but never root's."""
    try:
        found = workspace.stat()
    except OSError:
        return uid
    return found.st_gid if found.st_uid == uid and found.st_gid != 0 else uid
