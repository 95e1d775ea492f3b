"""How a server is reached over HTTP."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from pydantic import AfterValidator, Field

from handrail.spec.model import Table
from handrail.spec.names import PathName


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError as wrong:
        raise ValueError(f"not an address or a network: {wrong}") from None


Network = Annotated[str, AfterValidator(_network)]
"""`"127.0.0.1"`, `"10.0.0.0/8"`."""


class TlsTable(Table):
    """How connections are encrypted."""

    certificate: PathName
    """The file with the server's certificate and those that lead to a root (PEM)."""
    private_key: PathName
    """The file with its key (PEM)."""


class HttpTable(Table):
    """How a server is reached over HTTP."""

    hosts: tuple[str, ...] = ()
    """What clients call this server (Host), beside the address that it serves on."""
    origins: tuple[str, ...] = ()
    """Where pages come from that may ask in a browser (Origin)."""
    proxies: tuple[Network, ...] = ()
    """Whose word counts about who asked: `X-Forwarded-For` and `X-Forwarded-Proto` are heard
    from these addresses and from nobody else."""
    tls: TlsTable | None = Field(default=None)
    """How connections are encrypted; in the clear when unset."""
