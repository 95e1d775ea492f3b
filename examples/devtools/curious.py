"""What a test could try that somebody slipped into a change. Served, it gets none of it."""

from __future__ import annotations

import socket
from pathlib import Path


def test_read_the_passwords() -> None:
    Path("/etc/shadow").read_text()


def test_plant_a_command_in_git() -> None:
    with Path(".git/config").open("a") as config:
        config.write("[core]\n\tfsmonitor = rm\n")


def test_call_home() -> None:
    socket.create_connection(("192.0.2.1", 80), timeout=5).close()
