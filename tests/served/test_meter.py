"""What a caller is told who has used up what they may, also by a server that was killed since."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.served.answers import refusal
from tests.served.serving import call, serving
from tests.served.site import WAYS, Site

_SERVER_FILE = """
config_version = 1
[workspace]
root = "workspace"
[programs]
dd = {}
true = {}
[access]
store = "sqlite"
[access.limits]
calls = "4/week"
stored = "3MiB/week"
[[tool]]
name = "look"
description = "Do nothing."
program = "true"
[[tool]]
name = "look_rarely"
description = "Do nothing, once a week."
program = "true"
rate = "1/week"
[[tool]]
name = "write"
description = "Write 1 MiB."
program = "dd"
args = ["if=/dev/zero", "of={file}", "bs=64k", "count=16"]
effect = "write"
params.file = { type = "path", required = true }
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site.build(tmp_path, _SERVER_FILE)


async def test_a_budget_outlives_the_server_that_counted(site: Site) -> None:
    async with serving(site, WAYS[2]) as server, server.client() as client:
        assert not (await call(client, "look")).is_error
        assert not (await call(client, "look_rarely")).is_error
        too_often = refusal(await call(client, "look_rarely"))
        assert too_often["code"] == "rate_limited"
        assert 604_000 < too_often["retry_after_seconds"] <= 604_800
        os.kill(server.pid, signal.SIGKILL)

    async with serving(site, WAYS[2]) as server, server.client() as client:
        assert not (await call(client, "look")).is_error
        assert not (await call(client, "look")).is_error
        used_up = refusal(await call(client, "look"))

    assert used_up["code"] == "quota_exhausted"
    assert used_up["message"] == "your budget of 4 calls per week is used up"
    assert 0 < used_up["retry_after_seconds"] <= 604_800


async def test_what_calls_write_to_the_disk_is_charged(site: Site) -> None:
    site.file.write_text(_SERVER_FILE.replace("4/week", "100/week"))
    async with serving(site, WAYS[0]) as server, server.client() as client:
        done = 0
        while not (result := await call(client, "write", file=f"file{done}")).is_error:
            done += 1
            assert done < 50

    assert done >= 3
    message = refusal(result)["message"]
    assert message == "your budget of 3MiB of stored data per week is used up"
