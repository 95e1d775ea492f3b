"""A socket in the state folder where a server tells what goes on in it, to its owner alone."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import structlog

FOLDER = "servers"
_ENDING = ".sock"
TOP = b"top\n"
"""What goes on."""
HEALTH = b"health\n"
"""Whether it is ready."""
CONSOLE = b"console\n"
"""Where its console is."""
_PATIENCE_SECONDS = 5.0
_NO_ANSWER = b'{"status": "no_answer"}\n'
_LARGEST_BYTES = 64 * 1024**2
_FOLDER_FLAGS = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW


_log = structlog.stdlib.get_logger("handrail.watch")


@asynccontextmanager
async def telling(
    state: Path, facts: Mapping[bytes, Callable[[], Awaitable[object]]]
) -> AsyncIterator[None]:
    """Tell `facts` as JSON to whoever asks for them, by a word on a line; the socket goes
    afterwards."""
    path = state / FOLDER / f"{os.getpid()}{_ENDING}"

    async def tell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, KeyError, ValueError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                told = await facts[await reader.readline()]()
                writer.write(json.dumps(told).encode() + b"\n")
                await writer.drain()
        writer.close()

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _forget_dead(path.parent)
        listener = _listener(path)
    except OSError as error:
        _log.warning("cannot be watched", folder=str(path.parent), reason=error.strerror)
        yield
        return
    server = await asyncio.start_unix_server(tell, sock=listener)
    try:
        yield
    finally:
        server.close()
        with suppress(OSError):  # the next server forgets it, then
            path.unlink()


def told(
    state: Path, word: bytes = TOP, patience_seconds: float = _PATIENCE_SECONDS
) -> Iterator[dict[str, Any]]:
    """What every running server with this state folder tells; those that died are forgotten.

    Of the health of a server that does not answer in time, that is told: `no_answer`.
    """
    for path in _sockets(state / FOLDER):
        with suppress(OSError), _connected(path, patience_seconds) as one:  # it may just be going
            try:
                one.sendall(word)
                raw = _all_of(one)
            except TimeoutError:
                raw = _NO_ANSWER if word == HEALTH else b""
            if raw.endswith(b"\n"):
                yield json.loads(raw)


def _forget_dead(folder: Path) -> None:
    for path in _sockets(folder):
        with suppress(OSError), _connected(path, _PATIENCE_SECONDS):
            pass


def _sockets(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{_ENDING}"))


@contextmanager
def _connected(path: Path, patience_seconds: float) -> Iterator[socket.socket]:
    """Connect to a server; when it was killed, its socket goes. Raises `OSError`."""
    with socket.socket(socket.AF_UNIX) as one:
        one.settimeout(patience_seconds)
        try:
            with _reachable(path) as name:
                one.connect(name)
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            raise
        yield one


def _all_of(one: socket.socket) -> bytes:
    raw = bytearray()
    while (chunk := one.recv(65_536)) and len(raw) < _LARGEST_BYTES:
        raw += chunk
    return bytes(raw)


def _listener(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    # The permissions are there from the first moment: nobody else can connect in between.
    before = os.umask(0o177)
    try:
        with _reachable(path) as name:
            listener.bind(name)
    except BaseException:
        listener.close()
        raise
    finally:
        os.umask(before)
    return listener


@contextmanager
def _reachable(path: Path) -> Iterator[str]:
    """The path of a socket that is never too long: 107 bytes are all that unix(7) has for one."""
    folder = os.open(path.parent, _FOLDER_FLAGS)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
