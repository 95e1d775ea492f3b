"""Callers with API keys: who they are, and that a key which was revoked opens nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport

from handrail.mcp.auth.key import Key, new_key
from handrail.mcp.auth.key_file import changing
from tests.running import eventually
from tests.served.answers import refusal, structure
from tests.served.asking import Person, end, question, ran
from tests.served.issuing import MODES, post, status
from tests.served.raw import Mode, opening, tool_call
from tests.served.serving import Connected, call, calling, http_process
from tests.served.site import Site

SERVER_FILE = Path(__file__).with_name("auth.toml").read_text()


@dataclass(frozen=True)
class Place:
    """A server that is shared, and its keys."""

    site: Site
    url: str

    @property
    def file(self) -> Path:
        """The key file."""
        return self.site.state / "keys.json"

    def new(
        self,
        name: str,
        *roles: str,
        tools: list[str] | None = None,
        expires: datetime | None = None,
    ) -> str:
        """A key."""
        made, text = new_key(name, roles, tools, expires)
        with changing(self.file) as keys:
            keys.append(made)
        return text

    def revoke(self, text: str) -> None:
        """Take a key back."""
        with changing(self.file) as keys:
            keys[:] = [key for key in keys if not key.is_of(text)]

    def client(
        self, token: str, mode: Mode, person: Person | None = None
    ) -> AbstractAsyncContextManager[Connected]:
        """A client that has a token."""
        hears = None if person is None else person.hear
        transport = StreamableHttpTransport(self.url, auth=token)
        return Client(transport, mode=mode, elicitation_handler=hears)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The server. Its issuer is away; keys need none."""
    text = SERVER_FILE.replace("https://issuer.invalid", "http://127.0.0.1:9")
    site = Site.build(tmp_path_factory.mktemp("site"), text)
    with http_process(site) as (_, url):
        yield Place(site, url)


@pytest.mark.parametrize("mode", MODES)
async def test_a_key_makes_its_bearer_the_caller_with_the_keys_roles(
    place: Place, mode: Mode
) -> None:
    async with place.client(place.new("ann", "writer", tools=["s*"]), mode) as ann:
        said = await call(ann, "say")
        denied = await call(ann, "write")

    (record,) = [
        line for line in place.site.records() if line.get("call_id") == structure(said)["call_id"]
    ]
    assert record["caller"] == "ann"
    assert refusal(denied)["code"] == "denied"


@pytest.mark.parametrize("mode", MODES)
def test_who_brings_no_token_is_told_how(place: Place, mode: Mode) -> None:
    answer = post(place.url, None, mode)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("mode", MODES)
def test_nothing_but_the_very_key_opens(place: Place, mode: Mode) -> None:
    text, other = place.new("ann", "reader"), place.new("bob", "reader")
    head, _, secret = text.rpartition("_")
    wrong = {
        "another's secret": f"{head}_{other.rpartition('_')[2]}",
        "the hash": f"{head}_{_kept(place, text).sha256}",
        "cut": text[:-1],
        "longer": f"{text}0",
        "upper case": f"{head}_{secret.upper()}",
        "an unknown id": f"hr_{'0' * 12}_{secret}",
        "the id alone": f"{head}_",
        "NUL": f"{text}%00",
        "twice": f"{text} {text}",
    }

    assert status(place.url, text, mode) == 200
    assert {name: status(place.url, token, mode) for name, token in wrong.items()} == dict.fromkeys(
        wrong, 401
    )
    answer = post(place.url, wrong["cut"], mode)
    assert answer.json()["error"] == "invalid_token"
    for scheme in ("Basic", "Token", ""):
        refused = post(place.url, None, mode, Authorization=f"{scheme} {text}".strip())
        assert refused.status_code == 401
    by_query = httpx2.post(f"{place.url}?access_token={text}", json=opening("legacy")[0])
    assert by_query.status_code == 401


def _kept(place: Place, text: str) -> Key:
    with changing(place.file) as keys:
        return next(key for key in keys if key.is_of(text))


@pytest.mark.parametrize("mode", MODES)
def test_a_key_holds_until_it_expires_or_is_revoked_and_never_again(
    place: Place, mode: Mode
) -> None:
    over = datetime.now(UTC) - timedelta(seconds=1)
    expired = place.new("ann", "reader", expires=over)
    old, new = (place.new("ann", "reader", expires=over + timedelta(hours=1)) for _ in range(2))

    assert [status(place.url, text, mode) for text in (expired, old, new)] == [401, 200, 200]
    place.revoke(old)
    assert [status(place.url, text, mode) for text in (old, new, old)] == [401, 200, 401]


@pytest.mark.parametrize("content", [None, "{", '{"version": 2}', "[" * 100_000])
def test_with_a_broken_key_file_everybody_is_refused_until_it_is_whole(
    place: Place, content: str | None
) -> None:
    text = place.new("ann", "reader")
    whole = place.file.read_bytes()
    assert status(place.url, text) == 200
    place.file.unlink()
    if content is not None:
        place.file.write_text(content)
    assert [status(place.url, text) for _ in range(2)] == [401, 401]
    place.file.write_bytes(whole)
    assert status(place.url, text) == 200
    logged = [line for line in place.site.records() if line["event"] == "every key is refused"]
    assert bool(logged) or content is None


@pytest.mark.parametrize("mode", MODES)
async def test_a_call_whose_key_is_revoked_goes_to_its_end_and_is_the_last(
    place: Place, mode: Mode
) -> None:
    text = place.new("ann", "writer")
    go, begun = (place.site.workspace / name for name in (f"go-{mode}", f"go-{mode}.begun"))
    async with (
        place.client(text, mode) as client,
        calling(client, "hold", file=go.name) as held,
    ):
        await client.list_tools()  # later it could not, and it looks there what answers are like
        await eventually(begun.exists)
        place.revoke(text)
        assert status(place.url, text, mode) == 401
        assert not held.done()
        go.touch()
        assert structure(await held)["stdout"] == "done\n"
    assert status(place.url, text, mode) == 401


def test_a_session_is_its_openers_alone(place: Place) -> None:
    ann, bob = place.new("ann", "writer"), place.new("bob", "reader")
    session = post(place.url, ann, "legacy").headers["Mcp-Session-Id"]

    def said(token: str | None) -> httpx2.Response:
        headers = {"Accept": "application/json, text/event-stream", "Mcp-Session-Id": session}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return httpx2.post(place.url, json=tool_call(1, "say", "legacy"), headers=headers)

    assert [said(token).status_code for token in (ann, bob, None)] == [200, 404, 401]
    # A key that takes the place of another is of the same caller.
    assert said(place.new("ann", "writer")).status_code == 200
    ended = httpx2.delete(
        place.url, headers={"Mcp-Session-Id": session, "Authorization": f"Bearer {bob}"}
    )
    assert ended.status_code == 404
    assert said(ann).status_code == 200


def test_what_a_session_may_do_goes_by_each_requests_own_key(place: Place) -> None:
    writer, reader = place.new("ann", "writer"), place.new("ann", "reader")
    session = post(place.url, writer, "legacy").headers["Mcp-Session-Id"]
    headers = {"Accept": "application/json, text/event-stream", "Mcp-Session-Id": session}
    answer = httpx2.post(
        place.url,
        json=tool_call(1, "hold", "legacy", file="x"),
        headers={**headers, "Authorization": f"Bearer {reader}"},
    )

    assert '"code":"denied"' in answer.text.replace(" ", "")


async def test_an_approval_is_of_no_use_to_another_caller(place: Place) -> None:
    ann, bob = place.new("ann", "writer"), place.new("bob", "writer")
    async with (
        place.client(ann, "auto", Person()) as asked,
        place.client(bob, "auto", Person()) as thief,
    ):
        state = await question(asked, "write")
        stolen = await end(thief, "write", state)
        assert refusal(stolen)["code"] == "approval_required"
        assert ran(place.site) == []
        good = await end(asked, "write", state)
    assert structure(good)["ok"]
    assert ran(place.site) == ["ran"]
    refused = [
        line["caller"]
        for line in place.site.records()
        if line["event"] == "call" and "is not of this call" in line.get("message", "")
    ]
    assert refused == ["bob"]
