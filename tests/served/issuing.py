"""An issuer of tokens whose keys are ours, and requests that bring its tokens."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import httpx2
from joserfc import jws
from joserfc.jwk import RSAKey
from joserfc.registry import HeaderParameter

from tests.served.raw import Mode, opening, request

AUDIENCE = "devtools"
MODES: list[Mode] = ["auto", "legacy"]
_MODERN = {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/list"}
_STREAM = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


class Issuer:
    """Publishes `keys`, which may change, and says of opaque tokens what `opaque` says."""

    def __init__(self) -> None:
        self.url = ""
        self.keys = {"first": RSAKey.generate_key(2048, {"kid": "first"})}
        self.opaque: dict[str, dict[str, Any]] = {}
        self.asked_for_keys = 0
        self.asked_about: list[str] = []
        self.is_away = False

    def claims(self, **changed: object) -> dict[str, Any]:
        """What a good token says, with some of it changed; None leaves a claim out."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "alice",
            "iat": now,
            "nbf": now,
            "exp": now + 600,
            "realm": {"roles": ["reader"]},
            **changed,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, **changed: object) -> str:
        """A token that says so, signed by the newest key."""
        kid, key = list(self.keys.items())[-1]
        return sign({"alg": "RS256", "kid": kid, "typ": "at+jwt"}, self.claims(**changed), key)

    def answer(self, path: str, body: str) -> dict[str, Any]:
        """What it says to who asks."""
        if path == "/jwks":
            self.asked_for_keys += 1
            return {"keys": [key.as_dict(private=False) for key in self.keys.values()]}
        token = parse_qs(body).get("token", [""])[0]
        self.asked_about.append(token)
        return self.opaque.get(token, {"active": False})


def sign(header: dict[str, Any], claims: dict[str, Any], key: Any) -> str:
    """A token with any header and any claims."""
    registry = jws.JWSRegistry(
        header_registry={"wow": HeaderParameter("What nobody knows", "int")},
        algorithms=[header["alg"]],
        strict_check_header=False,
    )
    return jws.serialize_compact(header, json.dumps(claims), key, registry=registry)


def part(content: object) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@contextmanager
def issuing() -> Iterator[Issuer]:
    """An issuer at a URL of this machine."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, body: str) -> None:
            self.send_response(503 if issuer.is_away else 200)
            self.end_headers()
            self.wfile.write(json.dumps(issuer.answer(self.path, body)).encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()


def post(url: str, token: str | None, mode: Mode = "auto", **headers: str) -> httpx2.Response:
    """The first request of a client that has this token."""
    sent = dict(_STREAM) if mode == "legacy" else {**_STREAM, **_MODERN}
    if token is not None:
        sent["Authorization"] = f"Bearer {token}"
    body = opening("legacy")[0] if mode == "legacy" else request(1, "tools/list")
    return httpx2.post(url, json=body, headers={**sent, **headers}, timeout=30)


def status(url: str, token: str | None, mode: Mode = "auto") -> int:
    """What comes of it: 200 or 401."""
    return post(url, token, mode).status_code
