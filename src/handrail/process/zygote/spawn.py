"""An order becomes a running command, started by a thread that has confined itself."""

from __future__ import annotations

import errno
import marshal
import os
import resource
import signal
from collections.abc import Sequence

from . import beneath, seccomp, view, wire
from .folders import Folders
from .rulesets import Rulesets
from .victim import Victim

# Whatever we or the server ignore, a command starts with nothing ignored.
_RESET_SIGNALS = signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}
_FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
_TMPDIR = b"$TMPDIR"


class Failure(OSError):
    """A command was not started; `filename` says what was being done."""


class Launcher:
    """Starts commands in the calling thread, which is confined for good by doing so."""

    def __init__(self, folders: Folders, victim: Victim, strangers: bytes) -> None:
        self._folders = folders
        self._victim = victim
        self._rulesets = Rulesets(folders.paths)
        self._strangers = strangers

    def prepare(self) -> None:
        """Confine the calling thread as far as can be done without knowing the order."""
        if self._strangers:
            seccomp.load_unheard(self._strangers)

    def launch(self, packed: bytes, streams: Sequence[int]) -> tuple[wire.Order, int]:
        """Start what the marshalled order says, with `streams` as its stdin, stdout and stderr.

        Raises `Failure`.
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
            doing = "starting the program"
            with self._victim:
                return order, _spawn(order, self._environment(order), streams)
        except (OSError, ValueError) as error:  # ValueError: a NUL character
            os.chdir("/")
            number = getattr(error, "errno", errno.EINVAL)
            raise Failure(number, os.strerror(number), doing) from None

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


def _spawn(order: wire.Order, env: dict[bytes, bytes], streams: Sequence[int]) -> int:
    # The soft limit is in place before the program runs. The hard one follows at once, and
    # cannot be set earlier, for it would be the zygote's own for ever.
    before = resource.getrlimit(resource.RLIMIT_CPU)
    if order.cpu_seconds:
        resource.setrlimit(resource.RLIMIT_CPU, (order.cpu_seconds, before[1]))
    try:
        return os.posix_spawn(
            order.argv[0],
            order.argv,
            env,
            file_actions=[(os.POSIX_SPAWN_DUP2, streams[n], n) for n in range(3)],
            setsid=True,
            setsigmask=(),
            setsigdef=_RESET_SIGNALS,
        )
    finally:
        if order.cpu_seconds:
            resource.setrlimit(resource.RLIMIT_CPU, before)


def bound(pid: int, order: wire.Order) -> None:
    """Set the hard limit of processor time for what has just been started.

    Not from the thread that started it: that one may not touch other processes any more.
    """
    if not order.cpu_seconds:
        return
    try:
        resource.prlimit(pid, resource.RLIMIT_CPU, (order.cpu_seconds, order.cpu_seconds + 1))
    except (ProcessLookupError, PermissionError):
        pass  # it has ended, or became another user's: the soft limit stands
