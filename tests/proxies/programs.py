"""Proxies, each by the example that is shipped, its capitals filled in."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.served.serving import free_port

EXAMPLES = Path("container/proxies")
NAME = "tools.test"
Command = Callable[[Path, Path], list[str]]
COMMANDS: dict[str, tuple[str, Command]] = {
    "nginx": (
        "nginx.conf",
        lambda folder, file: [
            *("nginx", "-p", str(folder), "-c", file.name, "-e", "stderr", "-g", "daemon off;"),
        ],
    ),
    "caddy": (
        "Caddyfile",
        lambda _, file: ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"],
    ),
    "haproxy": ("haproxy.cfg", lambda _, file: ["haproxy", "-db", "-f", str(file)]),
}


@contextmanager
def proxy(program: str, folder: Path, addresses: list[str]) -> Iterator[str]:
    """A proxy before two servers; where it listens. The certificate is in `folder`."""
    example, command = COMMANDS[program]
    port = free_port()
    both = (folder / "cert.pem").read_text() + (folder / "key.pem").read_text()
    (folder / "both.pem").write_text(both)
    filled = (EXAMPLES / example).read_text()
    for capital, value in {
        "PIDFILE": f"{folder}/nginx.pid",
        "FIRST": addresses[0],
        "SECOND": addresses[1],
        "LISTEN": f"127.0.0.1:{port}",
        "ADDRESS": "127.0.0.1",
        "CERTIFICATE_AND_KEY": f"{folder}/both.pem",
        "CERTIFICATE": f"{folder}/cert.pem",
        "PRIVATE_KEY": f"{folder}/key.pem",
        "https://NAME:PORT": f"https://{NAME}:{port}",
        "NAME": NAME,
    }.items():
        filled = filled.replace(f" {capital}", f" {value}").replace(f"\n{capital}", f"\n{value}")
    file = folder / example
    file.write_text(filled)
    with (folder / f"{program}.log").open("w") as log:
        process = subprocess.Popen(
            command(folder, file),
            stdout=log,
            stderr=log,
            env={"HOME": str(folder), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        )
    try:
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(20)
        finally:
            process.kill()
