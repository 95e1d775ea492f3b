"""Callers see, use and read what is theirs, through a server that they all share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport
from mcp.shared.exceptions import MCPError

from handrail.mcp.auth.key import new_key
from handrail.mcp.auth.key_file import changing
from handrail.plan.own_tree import tree_name
from tests.served.answers import refusal, structure, text
from tests.served.asking import Person, end, question
from tests.served.raw import Mode
from tests.served.serving import Connected, call, http_process, serving
from tests.served.site import WAYS, Site

SERVER_FILE = Path(__file__).with_name("access.toml").read_text()
BOTH = pytest.mark.parametrize("mode", ["auto", "legacy"])


@dataclass(frozen=True)
class House:
    """A server that many callers share."""

    site: Site
    url: str

    def client(
        self, name: str, *roles: str, tools: list[str] | None = None, mode: Mode = "auto"
    ) -> AbstractAsyncContextManager[Connected]:
        """A client that has a new key."""
        made, key = new_key(name, roles, tools, None)
        with changing(self.site.state / "keys.json") as keys:
            keys.append(made)
        transport = StreamableHttpTransport(self.url, auth=key)
        return Client(transport, mode=mode, elicitation_handler=Person().hear)

    def tree(self, name: str) -> Path:
        """Where a caller works."""
        return self.site.workspace / tree_name(name)

    def ran(self, name: str) -> bool:
        """Whether a tool that says so has run for a caller."""
        return (self.tree(name) / "ran").exists()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The server."""
    site = Site.build(tmp_path_factory.mktemp("site"), SERVER_FILE)
    with http_process(site) as (_, url):
        yield House(site, url)


async def listed(client: Connected) -> list[str]:
    return [tool.name for tool in await client.list_tools()]


LISTS: dict[str, tuple[list[str], list[str] | None, list[str]]] = {
    "a reader": (["reader"], None, ["look_at", "look_on"]),
    "a writer": (["writer"], None, ["look_at", "look_on", "write_down", "write_anew"]),
    "with all that is required": (
        ["writer", "auditor"],
        None,
        ["look_at", "look_on", "write_down", "write_anew", "publish"],
    ),
    "with a part of what is required": (["reader", "auditor"], None, ["look_at", "look_on"]),
    "with a narrow key": (["writer"], ["*_at", "write_a*"], ["look_at", "write_anew"]),
    "with a key for more than the roles": (["reader"], ["*"], ["look_at", "look_on"]),
    "with a role that there is not": (["Reader"], None, []),
    "nobody": ([], None, []),
}


@BOTH
@pytest.mark.parametrize("who", LISTS)
async def test_each_sees_the_tools_that_they_may_use(house: House, who: str, mode: Mode) -> None:
    roles, tools, expected = LISTS[who]
    async with house.client("ann", *roles, tools=tools, mode=mode) as ann:
        assert await listed(ann) == [*expected, "read_output"]


@BOTH
async def test_what_is_not_shown_is_denied_and_recorded(house: House, mode: Mode) -> None:
    async with house.client("rea", "reader", "auditor", mode=mode) as rea:
        results = [await call(rea, name) for name in ("publish", "write_anew")]
        misspelt = refusal(await call(rea, "publsh"))

    assert [refusal(one)["code"] for one in results] == ["denied", "denied"]
    assert not house.ran("rea")
    recorded = {line.get("call_id"): line for line in house.site.records()}
    for one in results:
        record = recorded[structure(one)["error"]["call_id"]]
        assert (record["caller"], record["error"]) == ("rea", "denied")
    # Nor is it named where one asks for what there is not.
    assert misspelt["allowed"] == ["look_at", "look_on", "read_output"]
    assert "publish" not in misspelt["message"]


async def test_rules_are_about_the_caller_who_calls(house: House) -> None:
    async with house.client("guest", "writer") as guest, house.client("ann", "writer") as ann:
        denied = refusal(await call(guest, "write_down", file="private"))
        allowed = await call(ann, "write_down", file="private")
        shown = await call(ann, "look_at", file="private")
    async with house.client("ann", "writer", "auditor") as auditor:
        hidden = refusal(await call(auditor, "look_at", file="private"))

    assert (denied["code"], denied["message"]) == ("denied", "Guests write nothing")
    assert structure(allowed)["ok"]
    assert structure(shown)["stdout"] == "text"
    assert (hidden["code"], hidden["message"]) == ("denied", "That is not for auditors")


@BOTH
async def test_what_a_call_wrote_is_for_its_caller(house: House, mode: Mode) -> None:
    async with (
        house.client("ann", "writer", mode=mode) as ann,
        house.client("bob", "writer", mode=mode) as bob,
    ):
        call_id = structure(await call(ann, "write_down", file="own", text="ann's"))["call_id"]
        uri = f"handrail://calls/{call_id}/stdout"
        others = refusal(await call(bob, "read_output", call_id=call_id))
        nobodys = refusal(await call(bob, "read_output", call_id="f" * 20))
        through = refusal(await call(bob, "look_on", argv=["cat"], stdin_from=call_id))
        with pytest.raises(MCPError) as unread:
            await bob.read_resource(uri)
        with pytest.raises(MCPError) as never:
            await bob.read_resource(f"handrail://calls/{'f' * 20}/stdout")

        assert others == nobodys == through
        assert others["code"] == "not_found"
        assert str(unread.value).replace(call_id, "") == str(never.value).replace("f" * 20, "")
        assert uri not in {str(one.uri) for one in await bob.list_resources()}
        assert uri in {str(one.uri) for one in await ann.list_resources()}
        assert "ann's" in text(await call(ann, "read_output", call_id=call_id))
        assert "ann's" in str(await ann.read_resource(uri))
        again = await call(ann, "look_on", argv=["cat"], stdin_from=call_id)
        assert structure(again)["stdout"] == "ann's"


async def test_each_works_in_a_tree_of_their_own(house: House) -> None:
    async with house.client("cat", "writer") as cat, house.client("dog", "writer") as dog:
        await call(cat, "write_down", file="own", text="cat's")
        await call(dog, "write_down", file="own", text="dog's")
        path = house.tree("cat") / "own"
        tries = [f"../{path.parent.name}/own", str(path), "own"]
        told = [await call(dog, "look_at", file=file) for file in tries]

    assert path.read_text() == "cat's"
    assert [refusal(one)["code"] for one in told[:2]] == ["path_outside_workspace"] * 2
    assert structure(told[2])["stdout"] == "dog's"


async def test_an_approval_is_for_the_caller_who_was_asked(house: House) -> None:
    async with house.client("eve", "writer") as eve, house.client("fay", "writer") as fay:
        state = await question(eve, "write_anew")
        result = await end(fay, "write_anew", state)
        stolen = refusal(result)
        assert stolen["code"] == "approval_required"
        assert stolen["message"].startswith("the approval is not of this call")
        assert not house.ran("fay")
        assert not house.ran("eve")
        # It is still there for the one that it is of.
        assert structure(await end(eve, "write_anew", state))["ok"]

    assert house.ran("eve")
    assert not house.ran("fay")
    call_id = structure(result)["error"]["call_id"]
    (record,) = [line for line in house.site.records() if line.get("call_id") == call_id]
    assert record["caller"] == "fay"


async def test_on_stdio_the_caller_has_the_roles_that_the_file_says(tmp_path: Path) -> None:
    site = Site.build(tmp_path, SERVER_FILE)
    async with serving(site, WAYS[0]) as server, server.client() as local:
        assert await listed(local) == ["look_at", "look_on", "read_output"]
        denied = await call(local, "write_down", file="x")
        await call(local, "look_on", argv=["cat"])

    assert refusal(denied)["code"] == "denied"
    assert [path.name for path in site.workspace.iterdir()] == [tree_name("local")]
