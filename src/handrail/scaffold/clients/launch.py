"""What a client is told of a server: how to start it, or where it listens."""

from __future__ import annotations

from dataclasses import dataclass

KEY = "HANDRAIL_KEY"
"""The variable that holds a caller's key, unless another is named."""


@dataclass(frozen=True, slots=True)
class Stdio:
    """A server that the client starts. `env` names variables that it must be given; no values."""

    name: str
    command: str
    args: tuple[str, ...] = ()
    env: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Http:
    """A server that runs already. `key` names the variable with the caller's key; None: no key."""

    name: str
    url: str
    key: str | None = KEY


Launch = Stdio | Http
