"""What Prometheus is given: its configuration, its alerts, and a page that it likes."""

from __future__ import annotations

import asyncio
import re
import subprocess
import urllib.request
from pathlib import Path

from tests.served.serving import call, free_port, serving
from tests.served.site import WAYS, Site

FOLDER = Path("container/prometheus")
RULES = FOLDER / "handrail.rules.yml"


def promtool(*arguments: str, told: str | None = None) -> str:
    """What it says; fails when it finds fault."""
    done = subprocess.run(
        ["promtool", *arguments],
        cwd=FOLDER,
        input=told,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_every_alert_fires_when_all_is_amiss_and_none_when_all_is_well() -> None:
    promtool("check", "config", "--syntax-only", "prometheus.yml")
    promtool("check", "rules", RULES.name)
    promtool("test", "rules", "handrail.rules.test.yml")
    alerts = set(re.findall(r"alert: (\w+)", RULES.read_text()))
    tried = set(re.findall(r'alertname="(\w+)"', (FOLDER / "handrail.rules.test.yml").read_text()))
    assert alerts == tried


def test_alerts_look_at_metrics_that_there_are() -> None:
    named = set(re.findall(r"\bhandrail_\w+", RULES.read_text()))
    described = set(re.findall(r"`(handrail_\w+)`", Path("docs/metrics.md").read_text()))
    assert {re.sub("_bucket$", "", name) for name in named} <= described


async def test_the_page_has_no_fault(site: Site) -> None:
    port = free_port()
    async with (
        serving(site, WAYS[0], "--ops", f"127.0.0.1:{port}") as server,
        server.client() as client,
    ):
        await call(client, "end")
        page = await asyncio.to_thread(fetched, port)
    assert promtool("check", "metrics", told=page) == ""


def fetched(port: int) -> str:
    """The page, as it is."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return str(answer.read().decode())
