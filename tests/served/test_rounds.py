"""An answer counts for the plan that was shown, once, for a while; on protocol 2026-07-28."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import mcp_types
import pytest

from tests.served.answers import facts, refusal, text
from tests.served.asking import (
    NO,
    SERVER_FILE,
    YES,
    Person,
    attended,
    end,
    question,
    ran,
    send,
)
from tests.served.serving import Connected
from tests.served.site import WAYS, Site, Way

pytestmark = pytest.mark.parametrize("way", [WAYS[0], WAYS[2]], ids=str)
OF_NO_CALL = "the approval is not of this call"
USED = "the question was answered before"
CHANGED = "what would be done has changed"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site whose tools wait for a person."""
    return Site.build(tmp_path, SERVER_FILE.read_text())


@pytest.fixture
async def client(site: Site, way: Way) -> AsyncIterator[Connected]:
    """A client whose rounds the test drives."""
    async with attended(site, way, Person()) as connected:
        yield connected


def refused(result: mcp_types.CallToolResult) -> str:
    """Why there is no approval; the model is told the same, and how to go on."""
    error = refusal(result)
    assert error["code"] == "approval_required"
    assert error["message"] in text(result)
    assert error["hint"]
    message: str = error["message"]
    return message


async def test_an_answer_counts_once(client: Connected, site: Site) -> None:
    state = await question(client, "destroy")

    assert facts(await end(client, "destroy", state))["ok"]
    assert refused(await end(client, "destroy", state)).startswith(USED)
    assert ran(site) == ["word"]


async def test_of_many_answers_at_once_one_counts(client: Connected, site: Site) -> None:
    state = await question(client, "destroy")
    results = await asyncio.gather(*(end(client, "destroy", state) for _ in range(8)))

    assert sorted(result.is_error or False for result in results) == [False] + [True] * 7
    assert ran(site) == ["word"]


async def test_a_no_cannot_become_a_yes(client: Connected, site: Site) -> None:
    state = await question(client, "destroy")

    assert refusal(await end(client, "destroy", state, NO))["code"] == "approval_declined"
    assert refused(await end(client, "destroy", state)).startswith(USED)
    assert ran(site) == []


async def test_an_answer_counts_for_its_call_alone(client: Connected, site: Site) -> None:
    state = await question(client, "destroy", word="harmless")
    others = [
        await end(client, "destroy", state, word="harmful"),
        await end(client, "destroy", state),
        await end(client, "destroy", state, word="harmless", file="x"),
        await end(client, "remove", state, word="harmless"),
    ]

    assert all(refused(result).startswith(OF_NO_CALL) for result in others)
    assert ran(site) == []
    assert facts(await end(client, "destroy", state, word="harmless"))["ok"]
    assert ran(site) == ["harmless"]


def flipped(state: str, at: int) -> str:
    """The state with one bit of its sealed bytes changed."""
    prefix, dot, sealed = state.partition(".")
    raw = bytearray(base64.urlsafe_b64decode(sealed + "=="))
    raw[at] ^= 1
    return prefix + dot + base64.urlsafe_b64encode(raw).decode().rstrip("=")


ALTERED: dict[str, Callable[[str], str]] = {
    "in its key's name": lambda state: flipped(state, 0),
    "in its nonce": lambda state: flipped(state, 5),
    "in its content": lambda state: flipped(state, 100),
    "in its tag": lambda state: flipped(state, -1),
    "cut off": lambda state: state[:-8],
    "longer": lambda state: state + "AAAA",
    "of another version": lambda state: "v2" + state[2:],
    "empty": lambda state: "",
    "no state at all": lambda state: "yes",
    "unsealed": lambda state: '{"nonce": "0", "digest": "0", "until": 9e99}',
}


async def test_an_altered_state_is_no_approval(client: Connected, site: Site) -> None:
    state = await question(client, "destroy")
    results = {
        name: await end(client, "destroy", change(state)) for name, change in ALTERED.items()
    }

    assert [name for name, one in results.items() if OF_NO_CALL not in refused(one)] == []
    assert ran(site) == []
    # They leave records like every refused call.
    recorded = {line.get("call_id") for line in site.records()}
    for one in results.values():
        assert one.structured_content is not None
        assert one.structured_content["error"]["call_id"] in recorded


async def test_an_answer_without_its_question_is_asked_about(client: Connected, site: Site) -> None:
    state = await question(client, "destroy")
    rounds = [
        await send(client, "destroy", answer=YES),
        await send(client, "destroy", state=state),
    ]

    assert all(isinstance(one, mcp_types.InputRequiredResult) for one in rounds)
    assert ran(site) == []


async def test_a_state_of_a_server_that_is_gone_is_no_approval(site: Site, way: Way) -> None:
    async with attended(site, way, Person()) as before:
        state = await question(before, "destroy")
    async with attended(site, way, Person()) as after:
        result = await end(after, "destroy", state)

    assert refused(result).startswith(OF_NO_CALL)
    assert ran(site) == []


async def test_what_has_changed_since_it_was_shown_is_not_done(
    client: Connected, site: Site
) -> None:
    (site.workspace / "folder").mkdir()
    (site.workspace / "precious").mkdir()
    state = await question(client, "destroy", file="folder/file")
    (site.workspace / "folder").rmdir()
    (site.workspace / "folder").symlink_to("precious")
    result = await end(client, "destroy", state, file="folder/file")

    assert refused(result).startswith(CHANGED)
    assert ran(site) == []
