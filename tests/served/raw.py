"""The protocol by hand: lines of JSON into a server's stdin, and out of its stdout."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from tests.served.site import Site

Message = dict[str, Any]
Mode = Literal["auto", "legacy"]

_CLIENT = {"name": "by hand", "version": "1"}
_META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": _CLIENT,
    "io.modelcontextprotocol/clientCapabilities": {},
}


def request(number: int, method: str, mode: Mode = "auto", **params: object) -> Message:
    """A request in either protocol."""
    meta = {"_meta": {**_META, **_meta_of(params)}} if mode == "auto" else {}
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": {**params, **meta}}


def _meta_of(params: dict[str, object]) -> dict[str, object]:
    meta = params.get("_meta", {})
    assert isinstance(meta, dict)
    return meta


def tool_call(number: int, tool: str, mode: Mode = "auto", **arguments: object) -> Message:
    """A request to call a tool; the client does not ask for progress."""
    return request(number, "tools/call", mode, name=tool, arguments=arguments)


def opening(mode: Mode) -> list[Message]:
    """What a client says first. The number of its request is 0."""
    if mode == "auto":
        return [request(0, "server/discover")]
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": _CLIENT}
    return [
        {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
    ]


def lines(messages: Iterable[Message]) -> bytes:
    """Messages as they are sent over stdio."""
    return b"".join(json.dumps(message).encode() + b"\n" for message in messages)


@contextmanager
def stdio_process(site: Site, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server on stdio, whose pipes are ours."""
    with site.log.open("ab") as log:
        process = subprocess.Popen(
            site.command(*arguments),
            env=site.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    with process:
        try:
            yield process
        finally:
            process.kill()


def converse(
    site: Site, messages: Iterable[Message], seconds: float = 30.0
) -> tuple[list[Message], int]:
    """Pipe messages in, up to the end; everything that came out, and the exit code."""
    with stdio_process(site) as process:
        out, _ = process.communicate(lines(messages), timeout=seconds)
    return [json.loads(line) for line in out.splitlines()], process.returncode
