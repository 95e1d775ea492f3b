"""Servers that are none, refuse, or say too much."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from handrail.errors import UsageError
from handrail.scaffold.compare.served import ask


@contextmanager
def _answering(status: int, body: bytes, **headers: str) -> Iterator[str]:
    """A server that says the same whatever it is asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(status)
            for name, value in {"content_length": str(len(body)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/mcp"
        finally:
            server.shutdown()


_JSON = "application/json"


@pytest.mark.parametrize(
    ("status", "body", "headers", "code"),
    [
        (200, b"<html>hello</html>", {"content_type": "text/html"}, "D103"),
        (200, b"{not json", {"content_type": _JSON}, "D103"),
        (200, b'{"jsonrpc": "2.0", "id": 0, "result": 5}', {"content_type": _JSON}, "D103"),
        (404, b"", {}, "D103"),
        (500, b"\x1b[31m", {}, "D103"),
        (403, b"", {}, "D102"),
        (307, b"", {"location": "http://127.0.0.1:1/elsewhere"}, "D103"),
        (200, b" " * 5 * 1024**2, {"content_type": _JSON}, "D104"),
        (200, b"\x1f\x8b", {"content_type": _JSON, "content_encoding": "gzip"}, "D104"),
    ],
)
def test_a_server_that_is_none_is_told(
    capfd: pytest.CaptureFixture[str], status: int, body: bytes, headers: dict[str, str], code: str
) -> None:
    with _answering(status, body, **headers) as url, pytest.raises(UsageError) as refused:
        ask(url, None)

    assert refused.value.message.startswith(f"{code}: {url}: ")
    assert refused.value.message.isprintable()
    assert capfd.readouterr().err == ""


def test_nobody_who_answers_is_told() -> None:
    with pytest.raises(UsageError, match=r"^D101: http://127.0.0.1:1/mcp: cannot be reached: "):
        ask("http://127.0.0.1:1/mcp", None)
