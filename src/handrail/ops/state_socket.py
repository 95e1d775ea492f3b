"""A socket in the state folder where a server tells what goes on in it, to its owner alone."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

FOLDER = "servers"
_ENDING = ".sock"
_PATIENCE_SECONDS = 5.0
_LARGEST_BYTES = 64 * 1024**2
_FOLDER_FLAGS = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW


@asynccontextmanager
async def telling(state: Path, facts: Callable[[], object]) -> AsyncIterator[None]:
    """Tell `facts` as JSON to whoever connects, one line each; the socket goes afterwards."""
    folder = state / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def tell(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                writer.write(json.dumps(facts()).encode() + b"\n")
                await writer.drain()
        writer.close()

    listener = _listener(folder / f"{os.getpid()}{_ENDING}")
    server = await asyncio.start_unix_server(tell, sock=listener)
    try:
        yield
    finally:
        server.close()
        (folder / f"{os.getpid()}{_ENDING}").unlink(missing_ok=True)


def told(state: Path) -> Iterator[dict[str, Any]]:
    """What every running server with this state folder tells; those that died are forgotten."""
    with suppress(FileNotFoundError):
        for path in sorted((state / FOLDER).iterdir()):
            if path.suffix == _ENDING:
                yield from _asked(path)


def _asked(path: Path) -> Iterator[dict[str, Any]]:
    with socket.socket(socket.AF_UNIX) as one:
        one.settimeout(_PATIENCE_SECONDS)
        try:
            with _reachable(path) as name:
                one.connect(name)
            raw = _all_of(one)
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)  # its server was killed
            return
        except OSError:
            return  # it is just going
    if raw.endswith(b"\n"):
        yield json.loads(raw)


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
