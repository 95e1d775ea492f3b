"""An order becomes running commands, started by a thread that has confined itself."""

from __future__ import annotations

import marshal
import os
from collections.abc import Sequence

from . import beneath, pipeline, seccomp, view, wire
from .failure import Failure
from .folders import Folders
from .rulesets import Rulesets
from .victim import Victim
from .work import Work

_FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
_TMPDIR = b"$TMPDIR"


class Launcher:
    """Starts commands in the calling thread, which is confined for good by doing so.

    `work` is what it does in their place, where there is some.
    """

    def __init__(
        self, folders: Folders, victim: Victim, strangers: bytes, work: Work | None
    ) -> None:
        self._folders = folders
        self._victim = victim
        self._rulesets = Rulesets(folders.paths)
        self._strangers = strangers
        self._work = work

    def prepare(self) -> None:
        """Confine the calling thread as far as can be done without knowing the order."""
        if self._strangers:
            seccomp.load_unheard(self._strangers)

    def launch(self, packed: bytes, streams: Sequence[int]) -> tuple[wire.Order, list[int]]:
        """Start what the marshalled order says, with `streams` as its stdin, stdout and stderr.

        Returns the process ids of its stages. Raises `Failure`.
        """
        doing = "reading the order"
        try:
            order = wire.Order(*marshal.loads(packed))
            doing = "looking at its view of the disk"
            view.check(order.kept, order.masked)
            doing = "making a temporary folder"
            if self._folders.make():
                self._rulesets.forget()
            doing = "entering the working directory"
            root = os.open(order.root, _FOLDER)
            try:
                _enter(root, order.cwd)
                doing = "confining it"
                if order.rules:
                    self._rulesets.enter(order.rules, root)
            finally:
                os.close(root)
            with self._victim:
                return order, self._start(order, streams)
        except Failure:
            raise
        except (OSError, ValueError) as error:
            raise Failure.of(error, doing) from None

    def _start(self, order: wire.Order, streams: Sequence[int]) -> list[int]:
        return pipeline.start(order, self._environment(order), streams, self._work)

    def _environment(self, order: wire.Order) -> dict[bytes, bytes]:
        first = self._folders.first
        env = {
            name: first + value[len(_TMPDIR) :] if value.startswith(_TMPDIR) else value
            for name, value in order.env.items()
        }
        env.setdefault(b"TMPDIR", first)
        return env


def _enter(root: int, cwd: bytes) -> None:
    if cwd == b".":
        os.fchdir(root)
        return
    folder = beneath.open_beneath(root, cwd, _FOLDER)
    try:
        os.fchdir(folder)
    finally:
        os.close(folder)
