"""A Redis of our own, where the machine has one."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

_START_SECONDS = 10.0


@contextmanager
def redis() -> Iterator[str | None]:
    """The URL of a server that keeps nothing; None where there is no redis-server."""
    program = shutil.which("redis-server")
    if program is None:
        yield None
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder, _started(program, port, folder):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def _started(program: str, port: int, folder: str) -> Iterator[None]:
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(port)
            yield
        finally:
            process.terminate()


def _wait(port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError("redis-server does not answer")
