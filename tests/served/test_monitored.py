"""A real Prometheus scrapes a real server, and has an answer for our dashboard and our alerts."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.served.prometheus import Found, Prometheus, of_alerts, of_panels, prometheus
from tests.served.serving import Server, call, free_port, serving
from tests.served.site import WAYS, Site

# It takes ten seconds to find a server: targets are looked through every five.
pytestmark = pytest.mark.nightly

_SERVER_FILE = """
config_version = 1
[workspace]
root = "workspace"
[audit]
[access.limits]
calls = "10/week"
[access.total]
calls = "1000/week"
[programs]
false = {}
true = {}
[[tool]]
name = "look"
description = "Do nothing."
program = "true"
[[tool]]
name = "fail"
description = "Do nothing, and that wrong."
program = "false"
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """A server that has done, failed and refused a call, and the Prometheus that watches it."""

    server: Server
    prometheus: Prometheus

    async def found(self, expression: str) -> Found:
        """What is found, as soon as anything is."""
        return await asyncio.to_thread(self.prometheus.wait, expression)


@pytest.fixture(scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    site = Site.build(tmp_path_factory.mktemp("site"), _SERVER_FILE)
    address = f"127.0.0.1:{free_port()}"
    async with serving(site, WAYS[2], "--ops", address) as server, server.client() as client:
        for tool in ("look", "fail", "made_up"):
            await call(client, tool)
        with prometheus(tmp_path_factory.mktemp("prometheus"), address) as watching:
            yield Scene(server, watching)


async def test_a_call_is_seen(scene: Scene) -> None:
    assert await scene.found('up{job="handrail"} == 1')
    for tool, result in (("look", "ok"), ("fail", "failed"), ("unknown", "refused")):
        assert await scene.found(f'handrail_calls_total{{tool="{tool}", result="{result}"}} == 1')


async def test_every_panel_shows_something(scene: Scene) -> None:
    for question in of_panels():
        found = await scene.found(question.expression)
        assert all(question.says <= one["metric"].keys() for one in found), question


async def test_every_alert_has_something_to_look_at(scene: Scene) -> None:
    for question in of_alerts():
        looked_at, _ = re.split(r"\s(?:==|<|>)\s", question.expression)
        if "internal" not in question.expression:  # of such errors there are none
            found = await scene.found(looked_at)
            assert all(question.says <= one["metric"].keys() for one in found), question


async def test_an_alert_fires_when_the_server_is_not_ready(scene: Scene) -> None:
    firing = 'ALERTS{alertname="HandrailNotReady", alertstate="firing"}'
    assert scene.prometheus.ask(firing) == []
    shutil.rmtree(scene.server.site.workspace)
    assert len(await scene.found(firing)) == 1
    assert await scene.found('handrail_failing{check="workspace"} == 1')
