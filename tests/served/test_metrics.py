"""What Prometheus is told, and whom it is told to."""

from __future__ import annotations

import asyncio
import re
import urllib.error
import urllib.request
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.served.serving import call, calling, free_port, serving
from tests.served.site import WAYS, Site

DOCS = Path("docs/metrics.md")


def scraped(port: int, token: str | None = None) -> dict[str, float]:
    """Every sample, by its name and labels."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics")  # ours
    if token is not None:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # ours
        text = answer.read().decode()
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def counted(samples: dict[str, float], name: str, *parts: str) -> float:
    """The sum of the samples with that name and these parts in their labels."""
    return sum(
        value
        for key, value in samples.items()
        if key.startswith(f"{name}[") and all(part in key for part in parts)
    )


async def test_calls_are_counted_and_timed(site: Site) -> None:
    port = free_port()
    async with (
        serving(site, WAYS[0], "--ops", f"127.0.0.1:{port}") as server,
        server.client() as client,
    ):
        for code in (0, 0, 4):
            await call(client, "end", code=code)
        await call(client, "end", code="no number")
        async with calling(client, "linger", seconds=1) as answer:
            await answer
        found = await asyncio.to_thread(scraped, port)
    calls = "handrail_calls_total"
    assert counted(found, calls, "'end'", "('result', 'ok')") == 2
    assert counted(found, calls, "'end'", "('result', 'failed')", "'exited'") == 1
    assert counted(found, calls, "'end'", "('result', 'refused')", "'argument_invalid'") == 1
    assert counted(found, "handrail_call_seconds_count", "'end'") == 4
    assert counted(found, "handrail_step_seconds_sum", "'run'") >= 1
    assert 0 < counted(found, "handrail_step_seconds_sum", "'spawn'") < 1
    assert counted(found, "handrail_zygotes", "'idle'") >= 1
    assert counted(found, "handrail_ready") == 1


async def test_there_are_no_more_labels_whatever_callers_name(site: Site) -> None:
    port = free_port()
    async with (
        serving(site, WAYS[0], "--ops", f"127.0.0.1:{port}") as server,
        server.client() as client,
    ):
        for number in range(100):
            await call(client, f"made_up_{number}")
        found = await asyncio.to_thread(scraped, port)
    assert counted(found, "handrail_calls_total", "('tool', 'unknown')") == 100
    assert not any("made_up" in key for key in found)


async def test_with_a_token_only_who_brings_it_is_told(site: Site) -> None:
    port = free_port()
    (site.folder / "token").write_text("hunter2-hunter2-hunter2")
    secrets = '[telemetry]\ntoken = "OPS"\n[secrets]\nOPS = { file = "token" }\n'
    site.file.write_text(site.file.read_text().replace("[secrets]\n", secrets))
    async with serving(site, WAYS[0], "--ops", f"127.0.0.1:{port}"):
        assert await asyncio.to_thread(scraped, port, "hunter2-hunter2-hunter2")
        for wrong in (None, "", "hunter2"):
            try:
                await asyncio.to_thread(scraped, port, wrong)
                raise AssertionError("it was told")
            except urllib.error.HTTPError as refused:
                assert refused.code == 401


async def test_every_metric_is_described(site: Site) -> None:
    port = free_port()
    site.file.write_text(site.file.read_text() + "\n[audit]\n[access.total]\ncalls = '9/week'\n")
    async with (
        serving(site, WAYS[0], "--ops", f"127.0.0.1:{port}") as server,
        server.client() as client,
    ):
        await call(client, "end")
        found = await asyncio.to_thread(scraped, port)
    assert _families(found) == described()


def described() -> dict[str, set[str]]:
    """The labels of every metric of ours, as people read of them."""
    rows = re.findall(r"^\| `(handrail_\w+)` \|[^|]+\|([^|]*)\|", DOCS.read_text(), re.MULTILINE)
    return {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows}


def _families(samples: dict[str, float]) -> dict[str, set[str]]:
    """The labels of every metric of ours, as a server tells them."""
    families: dict[str, set[str]] = {}
    for key in samples:
        name, _, labels = key.partition("[")
        if name.startswith("handrail_"):
            family = families.setdefault(re.sub(r"_(bucket|count|sum)$", "", name), set())
            family |= set(re.findall(r"\('(\w+)'", labels)) - {"le"}
    return families
