"""What attacks aim at: things outside of a workspace that can tell if anything reached them.

All of them are open to everyone, or belong to the very user that the commands run as, so that only
the confinement protects them.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

SECRET = "canary-5f1c"
PYTHON = "/usr/bin/python3"
# Of the system, so that any user can run it.
VICTIM = Path(__file__).with_name("victim.py")
CAT = Path("/bin/cat")
# struct vfs_cap_data of <linux/capability.h>: revision 2, effective, CAP_DAC_READ_SEARCH.
READ_ANYTHING = struct.pack("<5I", 0x0200_0001, 1 << 2, 0, 0, 0)
VMADDR_CID_LOCAL = 1

_counter = itertools.count(1)


class Canaries:
    """Live targets for commands that run as `uid`; `targets` says where, as attempts read it."""

    def __init__(self, folder: Path, uid: int) -> None:
        self.folder = folder
        self.uid = uid
        self.targets: dict[str, Any] = {
            "secret": SECRET,
            "folder": str(folder),
            "setuid": os.geteuid() == 0,
        }
        self._ears: dict[str, Callable[[], bool]] = {}
        self._contents: dict[str, object] = {}

    def reached(self) -> list[str]:
        """What was reached since the last time: listeners, the terminal, the victim's signals."""
        return [name for name, hears in self._ears.items() if hears()]

    def changed(self) -> list[str]:
        """The files that are new, gone or different."""
        different = self._look().items() ^ self._contents.items()
        return sorted({name for name, _ in different})

    def _look(self) -> dict[str, object]:
        return {str(path.relative_to(self.folder)): _state(path) for path in self.folder.rglob("*")}

    def _place(self) -> None:
        self.folder.chmod(0o777)
        for name in ("sub", "empty"):
            (self.folder / name).mkdir()
            (self.folder / name).chmod(0o777)
        for name in ("secret", "doomed", "movable", "sub/inner"):
            path = self.folder / name
            path.write_text(SECRET)
            path.chmod(0o666)
            os.chown(path, self.uid, self.uid)
        (self.folder / "link").symlink_to("secret")
        self._place_programs()

    def _place_programs(self) -> None:
        for name in ("program", "setuid", "capable"):
            shutil.copy(CAT, self.folder / name)
        if os.geteuid() == 0:
            (self.folder / "setuid").chmod(0o6755)
            os.setxattr(self.folder / "capable", "security.capability", READ_ANYTHING)
        private = self.folder / "private"
        private.write_text(SECRET)
        private.chmod(0o600)

    def _listen(self, stack: ExitStack) -> None:
        abstract = f"canary-{os.getpid()}-{next(_counter)}"
        for name, family, kind, address in (
            ("tcp4", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            ("udp4", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            ("tcp6", socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0)),
            ("udp6", socket.AF_INET6, socket.SOCK_DGRAM, ("::1", 0)),
            ("abstract", socket.AF_UNIX, socket.SOCK_STREAM, f"\0{abstract}"),
            ("unix_stream", socket.AF_UNIX, socket.SOCK_STREAM, str(self.folder / "stream")),
            ("unix_datagram", socket.AF_UNIX, socket.SOCK_DGRAM, str(self.folder / "datagram")),
            ("vsock", socket.AF_VSOCK, socket.SOCK_STREAM, (VMADDR_CID_LOCAL, 2**32 - 1)),
        ):
            # A machine may lack IPv6 and vsock; then nobody can reach them either.
            with suppress(OSError):
                ear = stack.enter_context(socket.socket(family, kind))
                ear.setblocking(False)
                ear.bind(address)
                if kind is socket.SOCK_STREAM:
                    ear.listen()
                self._ears[name] = lambda ear=ear: _came(ear)
                self.targets[name] = ear.getsockname()
        self.targets["abstract"] = abstract
        for path in ("stream", "datagram"):
            (self.folder / path).chmod(0o777)

    def _open_terminal(self, stack: ExitStack) -> None:
        ours, theirs = os.openpty()
        stack.callback(os.close, ours)
        stack.callback(os.close, theirs)
        os.set_blocking(ours, False)
        # Echoing, so that what is typed by force is seen too.
        os.chown(os.ttyname(theirs), self.uid, -1)
        self._ears["terminal"] = lambda: _readable(ours)
        self.targets["terminal"] = os.ttyname(theirs)

    def _start_victim(self, stack: ExitStack) -> None:
        ipc_key = os.getpid() << 8 | next(_counter) % 256
        identity = {"user": self.uid, "group": self.uid, "extra_groups": []}
        victim = subprocess.Popen(
            [PYTHON, "-I", "-S", "-", str(ipc_key)],
            env={"CANARY": SECRET},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            **(identity if self.uid != os.getuid() else {}),
        )
        stack.callback(_end, victim)
        assert victim.stdin is not None
        assert victim.stdout is not None
        victim.stdin.write(VICTIM.read_bytes())
        victim.stdin.close()
        self.targets["victim"] = json.loads(victim.stdout.readline())
        descriptor = victim.stdout.fileno()
        os.set_blocking(descriptor, False)
        self._ears["victim"] = lambda: _readable(descriptor)

    def arrange(self, stack: ExitStack) -> None:
        """Put everything in its place."""
        self._place()
        self._listen(stack)
        self._open_terminal(stack)
        self._start_victim(stack)
        self._contents = self._look()


def _state(path: Path) -> object:
    found = path.lstat()
    text = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    return found.st_mode, found.st_uid, found.st_gid, found.st_mtime_ns, text


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


def _end(victim: subprocess.Popen[bytes]) -> None:
    with victim:
        victim.terminate()


@contextmanager
def canaries(beside: Path, uid: int) -> Iterator[Canaries]:
    """Targets in a folder next to `beside`, for commands that run as `uid`; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="canaries-", dir=beside.parent))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        placed = Canaries(folder, uid)
        placed.arrange(stack)
        yield placed
