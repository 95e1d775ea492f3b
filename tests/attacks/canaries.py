"""What attacks aim at: things outside of a workspace that can tell if anything reached them.

All of them are open to everyone, or belong to the very user that the commands run as, so that only
the confinement protects them.
"""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from tests.attacks.outside import SECRET, Outside
from tests.attacks.victims import Victim, victim

VMADDR_CID_LOCAL, VMADDR_PORT_ANY = 1, 2**32 - 1
_counter = itertools.count(1)


class Canaries:
    """Live targets for commands that run as `uid`; `targets` says where, as attempts read it."""

    def __init__(self, folder: Path, uid: int, stack: ExitStack) -> None:
        self.outside = Outside(folder, uid)
        self.victim: Victim = stack.enter_context(victim(uid))
        self.targets: dict[str, Any] = {
            "secret": SECRET,
            "folder": str(folder),
            "setuid": os.geteuid() == 0,
            "victim": self.victim.targets,
        }
        self._ears: dict[str, Callable[[], bool]] = {}
        self._listen(folder, stack)
        self._open_terminal(uid, stack)

    def reached(self) -> list[str]:
        """Which listeners were reached since the last time, and the terminal."""
        return [name for name, hears in self._ears.items() if hears()]

    def _listen(self, folder: Path, stack: ExitStack) -> None:
        abstract = f"canary-{os.getpid()}-{next(_counter)}"
        stream, datagram = str(folder / "stream"), str(folder / "datagram")
        for name, family, kind, address in (
            ("tcp4", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            ("udp4", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            ("tcp6", socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0)),
            ("udp6", socket.AF_INET6, socket.SOCK_DGRAM, ("::1", 0)),
            ("abstract", socket.AF_UNIX, socket.SOCK_STREAM, f"\0{abstract}"),
            ("unix_stream", socket.AF_UNIX, socket.SOCK_STREAM, stream),
            ("unix_datagram", socket.AF_UNIX, socket.SOCK_DGRAM, datagram),
            ("vsock", socket.AF_VSOCK, socket.SOCK_STREAM, (VMADDR_CID_LOCAL, VMADDR_PORT_ANY)),
        ):
            # A machine may lack IPv6 and vsock; then nobody can reach them either.
            with suppress(OSError):
                ear = stack.enter_context(_ear(family, kind, address))
                self._ears[name] = partial(_came, ear)
                self.targets[name] = ear.getsockname()
        self.targets["abstract"] = abstract
        for path in (stream, datagram):
            Path(path).chmod(0o777)

    def _open_terminal(self, uid: int, stack: ExitStack) -> None:
        ours, theirs = os.openpty()
        stack.callback(os.close, ours)
        stack.callback(os.close, theirs)
        os.set_blocking(ours, False)
        # Echoing, so that what is typed by force is seen too.
        os.chown(os.ttyname(theirs), uid, -1)
        self._ears["terminal"] = partial(_readable, ours)
        self.targets["terminal"] = os.ttyname(theirs)


def _ear(family: int, kind: int, address: Any) -> socket.socket:
    ear = socket.socket(family, kind)
    try:
        ear.setblocking(False)
        ear.bind(address)
        if kind is socket.SOCK_STREAM:
            ear.listen()
    except OSError:
        ear.close()
        raise
    return ear


def _came(ear: socket.socket) -> bool:
    try:
        if ear.type is socket.SOCK_DGRAM:
            ear.recv(100)
        else:
            ear.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def _readable(descriptor: int) -> bool:
    try:
        return bool(os.read(descriptor, 4096))
    except BlockingIOError:
        return False


@contextmanager
def canaries(beside: Path, uid: int) -> Iterator[Canaries]:
    """Targets in a folder next to `beside`, for commands that run as `uid`; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="canaries-", dir=beside.parent))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        yield Canaries(folder, uid, stack)
