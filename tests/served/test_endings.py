"""Every way a call can end: the whole answer, and nothing left behind."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from handrail.spec.server import Tier
from tests.running import eventually
from tests.served.answers import facts, obeys_its_schema, text
from tests.served.serving import Connected, Server, call, calling, serving
from tests.served.site import WAYS, Site, Way
from tests.served.watching import commands_below, descriptors, has_grown, new_marker, processes_of

ASK_FOR_LESS = "\n\nNext: ask for less in one call; the limit is the server owner's."


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A call, and what must come of it. In `text`, a tilde stands for the seconds it took."""

    tool: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    ok: bool = False
    ending: Mapping[str, object]
    stderr: str = ""
    text: str


CASES = {
    "exited": Case(
        tool="end",
        ok=True,
        ending={"kind": "exited", "code": 0},
        stderr="warned\n",
        text="end exited with code 0, after ~ s.\n\n--- stdout ---\nsaid\n\n--- stderr ---\nwarned",
    ),
    "exited, and failed": Case(
        tool="end",
        arguments={"code": 7},
        ending={"kind": "exited", "code": 7},
        stderr="warned\n",
        text="end exited with code 7, after ~ s: failed.\n\n"
        "--- stdout ---\nsaid\n\n--- stderr ---\nwarned",
    ),
    "exited with a code that has a meaning": Case(
        tool="end",
        arguments={"code": 5},
        ending={"kind": "exited", "code": 5},
        stderr="warned\n",
        text="end exited with code 5, after ~ s: there was nothing to do.\n\n"
        "--- stdout ---\nsaid\n\n--- stderr ---\nwarned",
    ),
    "exited with another code that is declared ok": Case(
        tool="end",
        arguments={"code": 3},
        ok=True,
        ending={"kind": "exited", "code": 3},
        stderr="warned\n",
        text="end exited with code 3, after ~ s.\n\n--- stdout ---\nsaid\n\n--- stderr ---\nwarned",
    ),
    "signalled": Case(
        tool="die",
        arguments={"signal": "SEGV"},
        ending={"kind": "signalled", "signal": "SIGSEGV"},
        text="die was ended by SIGSEGV, after ~ s.\n\nsaid",
    ),
    "timed out": Case(
        tool="short_tree",
        arguments={"marker": new_marker()},
        ending={"kind": "timed_out", "after_seconds": 1.0},
        text="short_tree timed out after 1 s and was stopped with all it started.\n\n"
        f"said{ASK_FOR_LESS}",
    ),
    "memory exceeded": Case(
        tool="hog",
        ending={"kind": "memory_exceeded"},
        text=f"hog used more memory than it may and was stopped, after ~ s.\n\nsaid{ASK_FOR_LESS}",
    ),
    "cpu exceeded": Case(
        tool="burn",
        ending={"kind": "cpu_exceeded"},
        text="burn used more processor time than it may and was stopped, after ~ s.\n\n"
        f"said{ASK_FOR_LESS}",
    ),
}


def _level(said: str) -> str:
    """Without the time that it took, and without a note: only with a cgroup is there one."""
    return re.sub(r" Note: [^.]*\.", "", re.sub(r"after \d+\.\d\d s", "after ~ s", said))


# Output beyond its limit is among the floods, in test_floods.py.
whatever_the_ending = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@whatever_the_ending
async def test_an_answer_has_the_published_form(
    server: Server, client: Connected, case: Case
) -> None:
    result = await call(client, case.tool, **case.arguments)

    assert facts(result) == {
        "ok": case.ok,
        "ending": case.ending,
        "stdout": "said\n",
        "stderr": case.stderr,
        "confinement": {"tier": server.tier, "network": False},
    }
    assert result.is_error is not case.ok
    assert await obeys_its_schema(client, case.tool, result)
    assert _level(text(result)) == case.text


@whatever_the_ending
async def test_nothing_is_left_of_a_call(server: Server, client: Connected, case: Case) -> None:
    # What the first call of a tool makes for it is kept for the next.
    await call(client, case.tool, **case.arguments)
    before = descriptors(server.pid)

    await call(client, case.tool, **case.arguments)

    await eventually(lambda: not commands_below(server.pid))
    await eventually(lambda: not descriptors(server.pid) - before)
    await eventually(lambda: not list(server.site.left_behind()))


@pytest.fixture(scope="module", params=list(Tier)[:-1], ids=str)
async def pinned(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Server]:
    """A server at each tier in turn that bounds its commands."""
    site = Site.build(tmp_path_factory.mktemp("pinned"))
    site.pin(request.param)
    async with serving(site, WAYS[0]) as server:
        assert server.tier == request.param
        yield server


@whatever_the_ending
async def test_a_call_ends_the_same_at_every_tier(pinned: Server, case: Case) -> None:
    async with pinned.client() as client:
        result = await call(client, case.tool, **case.arguments)

    found = facts(result)
    assert (found["ending"], found["stdout"], found["stderr"]) == (
        case.ending,
        "said\n",
        case.stderr,
    )
    assert found["confinement"] == {
        "tier": pinned.tier,
        "network": not Tier(pinned.tier).at_least(Tier.LANDLOCK),
    }
    assert commands_below(pinned.pid) == []
    assert list(pinned.site.left_behind()) == []


async def test_too_much_output_ends_a_call_at_every_tier(pinned: Server) -> None:
    async with pinned.client() as client:
        result = await call(client, "flood", last=199_999_999)

    assert facts(result)["ending"] == {"kind": "output_exceeded", "limit_bytes": 208 * 1024**2}
    assert facts(result)["stdout"].startswith("100000000\n")
    assert commands_below(pinned.pid) == []
    assert list(pinned.site.left_behind()) == []


async def test_a_call_that_the_server_cuts_short_is_answered_with_what_it_said(
    site: Site, way: Way
) -> None:
    marker = new_marker()
    async with (
        serving(site, way) as server,
        server.client() as client,
        calling(client, "tree", marker=marker) as answer,
    ):
        await eventually(lambda: has_grown(marker))
        os.kill(server.pid, signal.SIGTERM)
        result = await answer

    assert facts(result) == {
        "ok": False,
        "ending": {"kind": "cancelled"},
        "stdout": "said\n",
        "stderr": "",
        "confinement": {"tier": server.tier, "network": False},
    }
    assert result.is_error
    assert _level(text(result)) == ("tree was cancelled and stopped, after ~ s.\n\nsaid")
    assert processes_of(marker) == []
    await eventually(lambda: not list(site.left_behind()))
    assert list(site.temporary.iterdir()) == []


async def test_a_cancelled_call_is_recorded_and_what_it_said_is_kept(
    server: Server, client: Connected
) -> None:
    marker = new_marker()
    async with calling(client, "tree", marker=marker) as answer:
        await eventually(lambda: has_grown(marker))
        answer.cancel()

    def recorded() -> list[dict[str, Any]]:
        return [line for line in server.site.records() if marker in line.get("argv", ())]

    await eventually(lambda: bool(recorded()))
    (record,) = recorded()
    assert (record["ending"], record["stdout_bytes"]) == ("cancelled", len("said\n"))
    page = await call(client, "read_output", call_id=record["call_id"])
    assert page.structured_content == {"text": "said\n", "offset": 0, "total_bytes": 5}
