"""What clients must be told of a project's server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from handrail.scaffold.clients.catalogue import CLIENTS
from handrail.scaffold.clients.entry import snippet
from handrail.scaffold.clients.launch import Http, Stdio

_ADDRESS = "http://127.0.0.1:8000/mcp"


def client_configs(folder: Path, told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A file for every client, by its name: over HTTP with a key, or started in its folder."""
    name = str(told["name"])
    started = Stdio(name, str(folder / ".venv" / "bin" / name), env=tuple(told["variables"]))
    for client in CLIENTS.values():
        over_http = told["has_auth"] and client.http is not None
        launch = Http(name, _ADDRESS) if over_http else started
        yield f"client-configs/{client.name}{_suffix(client.files[0])}", snippet(client, launch)


def _suffix(file: str) -> str:
    return Path(file).suffix or ".json"
