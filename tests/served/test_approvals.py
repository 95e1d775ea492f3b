"""What a person must approve runs when they did: that, once, and nothing else."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest
from mcp_types import ElicitResult

from tests.running import eventually
from tests.served.answers import facts, refusal, text
from tests.served.asking import NO, SERVER_FILE, Person, attended, ran, served, server_of
from tests.served.raw import converse, opening, tool_call
from tests.served.serving import call, calling, serving
from tests.served.site import TOKEN, WAYS, Site, Way

NOT_YES = {
    "declined": NO,
    "closed": ElicitResult(action="cancel"),
    "sent without the tick": ElicitResult(action="accept", content={"approve": False}),
    "sent empty": ElicitResult(action="accept", content={}),
    "sent with words": ElicitResult(action="accept", content={"approve": "true"}),
    "sent with a number": ElicitResult(action="accept", content={"approve": 1}),
}
# Each transport and each protocol once, where only what is behind them matters.
two_ways = pytest.mark.parametrize("way", [WAYS[0], WAYS[3]], ids=str)
# Where the server waits, while the person thinks.
waiting_ways = pytest.mark.parametrize("way", [WAYS[1], WAYS[3]], ids=str)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site whose tools wait for a person."""
    return Site.build(tmp_path, SERVER_FILE.read_text())


async def test_what_the_person_approves_runs_once_and_is_recorded(site: Site, way: Way) -> None:
    person = Person()
    async with attended(site, way, person) as client:
        result = await call(client, "destroy", word="two words\n    /bin/true")

    assert facts(result)["ok"]
    assert ran(site) == ["two words", "    /bin/true"]
    assert person.questions == [
        "May destroy do this, exactly and once?\n\n"
        '    /usr/bin/sh -c "echo \\"$@\\" >>ran" sh "two words\\n    /bin/true"\n\n'
        f"folder: {site.workspace}\n"
        "effect: destructive\n"
        "network: not asked for\n"
        "why: destroy (destructive) needs a person's approval"
    ]
    (done,) = [line for line in site.records() if line.get("ending")]
    assert done["approved_by"].startswith("elicitation by ")


async def test_anything_but_a_clear_yes_runs_nothing(site: Site, way: Way) -> None:
    person = Person()
    async with attended(site, way, person) as client:
        codes = {}
        for name, answer in NOT_YES.items():
            person.answer = answer
            codes[name] = refusal(await call(client, "destroy"))["code"]

    assert set(codes.values()) <= {"approval_declined"}
    assert len(person.questions) == len(NOT_YES)
    assert ran(site) == []


async def test_without_anybody_to_ask_it_is_said_how_to_go_on(site: Site, way: Way) -> None:
    async with serving(site, way) as server, server.client() as client:
        result = await call(client, "destroy")

    error = refusal(result)
    assert error["code"] == "approval_required"
    assert "handrail call destroy" in error["hint"]
    assert error["hint"] in text(result)
    assert ran(site) == []


@pytest.mark.parametrize(
    ("can", "code"), [({"url": {}}, "approval_required"), ({}, None), ({"form": {}}, None)]
)
def test_only_clients_that_show_forms_are_asked(
    site: Site, can: dict[str, object], code: str | None
) -> None:
    declared = {"io.modelcontextprotocol/clientCapabilities": {"elicitation": can}}
    sent = tool_call(1, "destroy")
    sent["params"]["_meta"] |= declared
    said, _ = converse(site, [*opening("auto"), sent])

    (result,) = [message["result"] for message in said if message["id"] == 1]
    if code is None:
        assert result["resultType"] == "input_required"
    else:
        assert result["structuredContent"]["error"]["code"] == code
    assert ran(site) == []


async def test_a_changed_plan_is_shown_anew(site: Site, way: Way) -> None:
    (site.workspace / "precious").mkdir()
    folder = site.workspace / "folder"
    folder.mkdir()

    async def exchange(_: str) -> None:
        folder.rmdir()
        folder.symlink_to("precious")

    person = Person(thinking=exchange)
    async with attended(site, way, person) as client:
        changed = await call(client, "destroy", file="folder/file")
        person.thinking = None
        again = await call(client, "destroy", file="folder/file")

    error = refusal(changed)
    assert error["code"] == "approval_required"
    assert error["message"] == "what would be done has changed since the person was asked"
    assert facts(again)["ok"]
    assert "./folder/file" in person.questions[0]
    assert "./precious/file" in person.questions[1]
    assert ran(site) == ["word ./precious/file"]


@two_ways
async def test_hidden_values_are_not_in_the_question(site: Site, way: Way) -> None:
    person = Person()
    async with attended(site, way, person) as client:
        await call(client, "publish", password="open sesame")

    (question,) = person.questions
    assert question.count("***") == 2
    assert "sesame" not in question
    assert TOKEN not in question
    assert ran(site) == ["open sesame"]


@two_ways
async def test_a_rule_asks_about_what_the_caller_put_together(site: Site, way: Way) -> None:
    person = Person()
    async with attended(site, way, person) as client:
        unasked = await call(client, "run", argv=["echo", "hello"])
        approved = await call(client, "run", pipe=[["echo", "a b"], ["tee", "ran"]])
        person.answer = NO
        declined = await call(client, "run", argv=["tee", "other"], stdin="x")

    assert facts(unasked)["stdout"] == "hello\n"
    assert facts(approved)["ok"]
    assert refusal(declined)["code"] == "approval_declined"
    first, second = person.questions
    assert '    /usr/bin/echo "a b"\n    | /usr/bin/tee ' in first
    assert first.endswith("why: Files are for people to write")
    assert "\ninput: x\n" in second
    assert ran(site) == ["a b"]
    assert not (site.workspace / "other").exists()


async def test_questions_do_not_get_in_each_others_way(site: Site, way: Way) -> None:
    both = asyncio.Barrier(2)
    person = Person(thinking=lambda _: both.wait())
    async with attended(site, way, person) as client:
        results = await asyncio.gather(
            call(client, "destroy", word="one"), call(client, "remove", word="two")
        )

    assert [facts(result)["ok"] for result in results] == [True, True]
    assert sorted(ran(site)) == ["one", "two"]


@waiting_ways
async def test_no_place_is_held_while_a_person_thinks(site: Site, way: Way) -> None:
    over = asyncio.Event()
    person = Person(thinking=lambda _: over.wait())
    async with (
        attended(site, way, person) as client,
        calling(client, "destroy") as answer,
    ):
        await person.asked.wait()
        # The only place there is.
        seen = await call(client, "look")
        over.set()
        result = await answer

    assert facts(seen)["stdout"] == "seen\n"
    assert facts(result)["ok"]


@waiting_ways
async def test_a_call_that_is_cancelled_while_it_waits_runs_nothing(site: Site, way: Way) -> None:
    over = asyncio.Event()
    person = Person(thinking=lambda _: over.wait())
    async with attended(site, way, person) as client:
        async with calling(client, "destroy"):
            await person.asked.wait()
        await eventually(lambda: bool(ended(site)))
        over.set()
        assert facts(await call(client, "look"))["ok"]

    assert ended(site)[0] in {"cancelled", "draining"}
    assert ran(site) == []


@waiting_ways
async def test_a_client_that_goes_while_the_person_thinks_runs_nothing(
    site: Site, way: Way
) -> None:
    person = Person(thinking=lambda _: asyncio.Event().wait())
    async with served(site, way) as reached:
        async with reached(person) as client:
            asking = asyncio.ensure_future(call(client, "destroy"))
            await person.asked.wait()
        await eventually(lambda: bool(ended(site)))
        asking.cancel()
        await asyncio.wait([asking])

    assert len(ended(site)) == 1
    assert ran(site) == []


def ended(site: Site) -> list[str]:
    """How calls that were not done ended, by the log."""
    return [line["error"] for line in site.records() if "error" in line]


@waiting_ways
async def test_a_server_that_stops_does_not_wait_for_a_person(site: Site, way: Way) -> None:
    person = Person(thinking=lambda _: asyncio.Event().wait())
    async with attended(site, way, person) as client, calling(client, "destroy") as answer:
        await person.asked.wait()
        server_of(site).send_signal(signal.SIGTERM)
        result = await answer

    assert refusal(result)["code"] == "draining"
    assert ran(site) == []


@two_ways
async def test_a_client_that_fails_to_ask_is_no_yes(site: Site, way: Way) -> None:
    async def fail(_: str) -> None:
        raise RuntimeError("no window")

    person = Person(thinking=fail)
    async with attended(site, way, person) as client:
        if way.mode == "auto":
            # It is the client that fails here, before it calls again.
            with pytest.raises(Exception, match="no window"):
                await call(client, "destroy")
        else:
            assert refusal(await call(client, "destroy"))["code"] == "approval_required"

    assert ran(site) == []
