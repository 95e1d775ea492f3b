"""What Prometheus and Grafana are given: questions about what there is, and a page they like."""

from __future__ import annotations

import asyncio
import json
import re
import urllib.request
from pathlib import Path

from ruamel.yaml import YAML

from tests.served.prometheus import (
    DASHBOARD,
    FOLDER,
    RULES,
    of_alerts,
    of_panels,
    panels,
    promtool,
)
from tests.served.serving import call, free_port, serving
from tests.served.site import WAYS, Site
from tests.served.test_metrics import described

_SELECTED = r"(handrail_\w+?)(?:_bucket|_sum|_count)?(?:{(.*?)}|\b)"
_OF_PROMETHEUS = {"instance", "job", "le"}


def test_every_alert_fires_when_all_is_amiss_and_none_when_all_is_well() -> None:
    promtool("check", "config", "--syntax-only", "prometheus.yml")
    promtool("check", "rules", RULES.name)
    promtool("test", "rules", "handrail.rules.test.yml")
    alerts = set(re.findall(r"alert: (\w+)", RULES.read_text()))
    tried = set(re.findall(r'alertname="(\w+)"', (FOLDER / "handrail.rules.test.yml").read_text()))
    assert alerts == tried


def test_panels_and_alerts_look_at_metrics_that_there_are() -> None:
    there = described()
    for question in (*of_panels(), *of_alerts()):
        for name, selector in re.findall(_SELECTED, question.expression):
            selected = set(re.findall(r"(\w+)(?:=|!)", selector))
            assert selected <= there[name] | _OF_PROMETHEUS, question
        labels = _OF_PROMETHEUS.union(*there.values())
        for grouped in re.findall(r"by \((.*?)\)", question.expression):
            assert set(grouped.split(", ")) <= labels, question
        assert question.says <= labels, question


def test_prometheus_understands_what_panels_ask(tmp_path: Path) -> None:
    asked = [
        {"record": f"panel:{number}", "expr": one.expression}
        for number, one in enumerate(of_panels())
    ]
    (tmp_path / "asked.yml").write_text(json.dumps({"groups": [{"name": "a", "rules": asked}]}))
    assert f"{len(asked)} rules found" in promtool("check", "rules", "asked.yml", folder=tmp_path)


def test_every_panel_says_what_it_shows() -> None:
    shown = [one for one in panels() if one["type"] != "row"]
    assert len(shown) > 20
    for panel in shown:
        assert panel["title"]
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
    assert len({one["id"] for one in panels()}) == len(panels())


def test_no_panel_covers_another() -> None:
    covered = [
        (x, y)
        for place in (one["gridPos"] for one in panels())
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(covered) == len(set(covered))
    assert max(x for x, _ in covered) < 24


def test_the_dashboard_asks_the_source_that_grafana_is_given() -> None:
    given = DASHBOARD.parent / "provisioning/datasources/prometheus.yml"
    (source,) = YAML(typ="safe").load(given)["datasources"]
    variable = json.loads(DASHBOARD.read_text())["templating"]["list"][0]
    assert variable["current"]["value"] == source["uid"]
    assert {one["datasource"]["uid"] for one in panels() if "datasource" in one} == {
        f"${{{variable['name']}}}"
    }


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
