"""One zygote as the server sees it."""

from __future__ import annotations

import asyncio
import marshal
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from handrail.errors import Internal
from handrail.process.zygote import wire

_BOOT = "import sys; sys.path.append(sys.argv[1]); from zygote.main import main; main(int(sys.argv[2]))"
_HOME = str(Path(__file__).parent)


class Running:
    """The call that a zygote serves: what has been heard of it so far."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.started: asyncio.Future[int] = loop.create_future()
        self.exited: asyncio.Future[int] = loop.create_future()
        self.gone: asyncio.Future[tuple[float, int]] = loop.create_future()
        self.exceeded: str | None = None

    def hear(self, name: str, values: tuple[Any, ...]) -> None:
        """Take one reply of the zygote."""
        match name:
            case wire.STARTED:
                self.started.set_result(values[0])
            case wire.FAILED:
                self.started.set_exception(OSError(values[0], os.strerror(values[0]), values[1]))
            case wire.EXITED:
                self.exited.set_result(values[0])
            case wire.EXCEEDED:
                self.exceeded = values[0]
            case wire.GONE:
                self.gone.set_result((values[0], values[1]))

    def lose(self) -> None:
        """The zygote died: whatever is still waited for will not come."""
        for future in (self.started, self.exited, self.gone):
            if not future.done():
                future.set_exception(Internal("the process that ran the command died"))
                future.exception()  # looked at, so that asyncio does not complain of the others


class Helper:
    """A zygote process and the socket to it. One call at a time."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603  # our own file, no caller's word in it
                [sys.executable, "-I", "-S", "-c", _BOOT, _HOME, str(theirs.fileno())],
                env={},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        ours.setblocking(False)
        self._channel = ours
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(ours, self._on_readable)
        self._running: Running | None = None
        self.calls = 0
        self.alive = True

    def start(self, order: wire.Order, stdin: int, stdout: int, stderr: int) -> Running:
        """Have a command started; what becomes of it is heard through the returned object."""
        self.calls += 1
        self._running = Running(self._loop)
        file = os.memfd_create("order", os.MFD_CLOEXEC)
        try:
            os.write(file, marshal.dumps(order))
            socket.send_fds(self._channel, [wire.START], [stdin, stdout, stderr, file])
        except OSError:
            self._on_end()
        finally:
            os.close(file)
        return self._running

    def terminate(self) -> None:
        """Ask every process of the call to end."""
        self._send(wire.TERMINATE)

    def kill(self) -> None:
        """End every process of the call."""
        self._send(wire.KILL)

    def close(self) -> None:
        """Let go: the zygote sees the end of the socket, kills its tree and exits."""
        if self._channel.fileno() >= 0:
            self._loop.remove_reader(self._channel)
            self._channel.close()
        self.alive = False

    def _send(self, word: bytes) -> None:
        try:
            self._channel.send(word)
        except OSError:
            self._on_end()

    def _on_readable(self) -> None:
        try:
            packet = self._channel.recv(wire.PACKET_BYTES)
        except BlockingIOError:
            return
        except ConnectionResetError:
            packet = b""
        if not packet:
            self._on_end()
            return
        name, *values = marshal.loads(packet)  # noqa: S302  # our own zygote wrote it
        if self._running is not None:
            self._running.hear(name, tuple(values))

    def _on_end(self) -> None:
        self.close()
        if self._running is not None:
            self._running.lose()
