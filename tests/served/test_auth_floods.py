"""Whatever strangers send, the server lives, and answers who has a key."""

from __future__ import annotations

import asyncio
import base64
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import psutil
import pytest
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport

from handrail.mcp.auth.key import new_key
from handrail.mcp.auth.key_file import changing
from tests.running import eventually
from tests.served.answers import structure
from tests.served.issuing import status
from tests.served.serving import calling, http_process
from tests.served.site import Site
from tests.served.watching import own_bytes

SERVER_FILE = Path(__file__).with_name("auth.toml").read_text()
_SECONDS = 30.0
_END_OF_HEADERS = b"\r\n\r\n"


class Place:
    """A server of the module's own, with one key, and what it listens at."""

    def __init__(self, site: Site, url: str, pid: int, role: str = "reader") -> None:
        self.site, self.url, self.pid = site, url, pid
        made, self.key = new_key("ann", [role], None, None)
        with changing(site.state / "keys.json") as keys:
            keys.append(made)
        host, _, port = url.removeprefix("http://").removesuffix("/mcp").rpartition(":")
        self.address = (host, int(port))

    def connection(self) -> socket.socket:
        """A connection that says nothing."""
        return socket.create_connection(self.address, timeout=_SECONDS)

    def answer(self, request: bytes) -> bytes:
        """What comes of a request by hand, and nothing when it is hung up on."""
        with self.connection() as connection:
            try:
                connection.sendall(request)
                return connection.recv(65_536)
            except ConnectionError:
                return b""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The server. Its issuers are away."""
    text = SERVER_FILE.replace("https://issuer.invalid", "http://127.0.0.1:9")
    site = Site.build(tmp_path_factory.mktemp("site"), text)
    with http_process(site) as (process, url):
        yield Place(site, url, process.pid)


def _with_header(name: bytes, value: bytes) -> bytes:
    return b"POST /mcp HTTP/1.1\r\nHost: a\r\n" + name + b": " + value + _END_OF_HEADERS


_DEEP = base64.urlsafe_b64encode(b"[" * 9000).decode().rstrip("=")
_BEARER = b"Authorization"
_HEADERS: dict[str, bytes] = {
    "four megabytes": _with_header(_BEARER, b"Bearer " + b"x" * 2**22),
    "60 KB": _with_header(_BEARER, b"Bearer " + b"x" * 60_000),
    "NUL": _with_header(_BEARER, b"Bearer a\0b"),
    "not ASCII": _with_header(_BEARER, b"Bearer \xff\xfe\xf0\x9f\x92\xa9"),
    "deep JSON": _with_header(_BEARER, f"Bearer {_DEEP}.e30.e30".encode()),
    "nothing": _with_header(_BEARER, b"Bearer "),
    "spaces": _with_header(_BEARER, b"Bearer      "),
    "dots": _with_header(_BEARER, b"Bearer ..."),
    "ten thousand headers": b"POST /mcp HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 10_000 + b"\r\n",
    "a header without end": b"POST /mcp HTTP/1.1\r\nX: " + b"x" * 2**21,
    "two tokens": _with_header(_BEARER, b"Bearer a\r\nAuthorization: Bearer b"),
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 100 + _END_OF_HEADERS,
}


@pytest.mark.parametrize("name", _HEADERS)
def test_a_malformed_token_is_refused_and_nothing_breaks(place: Place, name: str) -> None:
    first, _, _ = place.answer(_HEADERS[name]).partition(b"\r\n")

    assert first in {b"", b"HTTP/1.1 401 Unauthorized", b"HTTP/1.1 400 Bad Request"}
    assert status(place.url, place.key) == 200


def test_a_second_token_does_not_help_a_first_that_is_wrong(place: Place) -> None:
    key = place.key.encode()
    sent = _with_header(_BEARER, b"Bearer wrong\r\nAuthorization: Bearer " + key)

    assert place.answer(sent).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.nightly)])
def test_garbage_tokens_leave_nothing_behind(place: Place, count: int) -> None:
    assert status(place.url, place.key) == 200
    before, size = own_bytes(place.pid), place.site.log.stat().st_size
    with httpx2.Client() as client:
        for number in range(count):
            headers = {"Authorization": f"Bearer hr_{number:012x}_{number:064x}"}
            assert client.post(place.url, headers=headers).status_code == 401

    assert status(place.url, place.key) == 200
    assert own_bytes(place.pid) - before < 16 * 2**20
    assert place.site.log.stat().st_size == size


@contextmanager
def _connected(place: Place, count: int, say: bytes) -> Iterator[list[socket.socket]]:
    """Many connections that say no more than that."""
    with ExitStack() as stack:
        opened = []
        for _ in range(count):
            connection = stack.enter_context(place.connection())
            connection.sendall(say)
            opened.append(connection)
        yield opened


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    """For the tests' own ends of connections."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("many_descriptors")
@pytest.mark.parametrize("say", [b"", b"POST /mcp HTTP/1.1\r\nX: "], ids=["silent", "slow"])
@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.nightly)])
def test_connections_that_ask_for_nothing_stand_in_nobodys_way(
    place: Place, count: int, say: bytes
) -> None:
    with _connected(place, count, say):
        assert [status(place.url, place.key) for _ in range(3)] == [200] * 3
        assert psutil.Process(place.pid).num_fds() < 10_000
    assert status(place.url, place.key) == 200


class FewDescriptors(Site):
    """Its server may have few, and cannot raise that."""

    def command(self, *arguments: str) -> list[str]:
        """How to serve it."""
        return ["prlimit", "--nofile=1024:1024", *super().command(*arguments)]


async def test_who_is_idle_longest_goes_when_there_are_too_many_and_no_call(tmp_path: Path) -> None:
    text = SERVER_FILE.replace("https://issuer.invalid", "http://127.0.0.1:9")
    site = FewDescriptors(Site.build(tmp_path, text).folder)
    with http_process(site) as (process, url):
        place = Place(site, url, process.pid, "writer")
        transport = StreamableHttpTransport(url, auth=place.key)
        async with Client(transport) as client, calling(client, "hold", file="go") as held:
            await eventually((site.workspace / "go.begun").exists)
            with place.connection() as first, _connected(place, 800, b"") as rest:
                assert await asyncio.to_thread(status, url, place.key) == 200
                assert _was_hung_up_on(first)
                assert not _was_hung_up_on(rest[-1])
            (site.workspace / "go").touch()
            assert structure(await held)["stdout"] == "done\n"
    assert not [line for line in site.records() if line["level"] == "error"]


def _was_hung_up_on(connection: socket.socket) -> bool:
    connection.settimeout(0)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
