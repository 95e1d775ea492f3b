"""A socket in the state folder where a server tells what goes on in it, to its owner alone."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import structlog

FOLDER = "servers"
_ENDING = ".sock"
_PATIENCE_SECONDS = 5.0
_LARGEST_BYTES = 64 * 1024**2
_FOLDER_FLAGS = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW


_log = structlog.stdlib.get_logger("handrail.watch")


@asynccontextmanager
async def telling(state: Path, facts: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
    """Tell `facts` as JSON to whoever connects, one line each; the socket goes afterwards."""
    path = state / FOLDER / f"{os.getpid()}{_ENDING}"

    async def tell(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                writer.write(json.dumps(await facts()).encode() + b"\n")
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
        path.unlink(missing_ok=True)


def told(state: Path) -> Iterator[dict[str, Any]]:
    """What every running server with this state folder tells; those that died are forgotten."""
    for path in _sockets(state / FOLDER):
        with suppress(OSError), _connected(path) as one:  # it may just be going
            raw = _all_of(one)
            if raw.endswith(b"\n"):
                yield json.loads(raw)


def _forget_dead(folder: Path) -> None:
    for path in _sockets(folder):
        with suppress(OSError), _connected(path):
            pass


def _sockets(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{_ENDING}"))


@contextmanager
def _connected(path: Path) -> Iterator[socket.socket]:
    """Connect to a server; when it was killed, its socket goes. Raises `OSError`."""
    with socket.socket(socket.AF_UNIX) as one:
        one.settimeout(_PATIENCE_SECONDS)
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
