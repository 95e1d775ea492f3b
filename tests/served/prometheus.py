"""The programs of Prometheus, and what is asked of them: our dashboard, and our alerts."""

from __future__ import annotations

import json
import re
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.served.serving import free_port

FOLDER = Path("container/prometheus")
RULES = FOLDER / "handrail.rules.yml"
DASHBOARD = Path("container/grafana/handrail.json")
_SOON_SECONDS = 30.0
_HURRIED = """
global: {scrape_interval: 200ms, evaluation_interval: 200ms}
rule_files: [handrail.rules.yml]
scrape_configs:
  - job_name: handrail
    static_configs: [{targets: ["%s"]}]
"""

Found = list[dict[str, Any]]
"""What answers a question: `metric` has the labels."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a panel shows, or an alert looks at. `says` are the labels that it makes words of."""

    title: str
    expression: str
    says: frozenset[str]


def panels() -> list[dict[str, Any]]:
    """What the dashboard shows, and the titles of its rows."""
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    return found


def of_panels() -> Iterator[Question]:
    """What the dashboard asks, as Grafana would."""
    for panel in panels():
        for target in panel.get("targets", ()):
            expression = target["expr"].replace("$__rate_interval", "3s").replace("$instance", ".*")
            says = frozenset(re.findall(r"{{(\w+)}}", target["legendFormat"]))
            yield Question(panel["title"], expression, says)


def of_alerts() -> Iterator[Question]:
    """What is looked at, and compared with what would be amiss."""
    for rule in YAML(typ="safe").load(RULES)["groups"][0]["rules"]:
        said = " ".join(rule["annotations"].values())
        says = frozenset(re.findall(r"{{ \$labels\.(\w+) }}", said))
        yield Question(rule["alert"], rule["expr"], says)


def promtool(*arguments: str, folder: Path = FOLDER, told: str | None = None) -> str:
    """What it says; fails when it finds fault."""
    done = subprocess.run(
        ["promtool", *arguments],
        cwd=folder,
        input=told,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@dataclass(frozen=True, slots=True)
class Prometheus:
    """One that runs on this machine."""

    url: str

    def ask(self, expression: str) -> Found:
        """What it finds now. Fails for an expression that is none."""
        found: Found = json.loads(self._get(f"/api/v1/query?{_query(expression)}"))["data"][
            "result"
        ]
        return found

    def wait(self, expression: str) -> Found:
        """The same, as soon as it finds anything."""
        deadline = time.monotonic() + _SOON_SECONDS
        while not (found := self.ask(expression)):
            assert time.monotonic() < deadline, f"nothing is found: {expression}"
            time.sleep(0.05)
        return found

    def is_ready(self) -> bool:
        """Whether it can be asked."""
        try:
            return bool(self._get("/-/ready"))
        except OSError:
            return False

    def _get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:  # noqa: S310  # ours
            return str(answer.read().decode())


def _query(expression: str) -> str:
    return urllib.parse.urlencode({"query": expression})


@contextmanager
def prometheus(folder: Path, target: str) -> Iterator[Prometheus]:
    """Scrape `target`, HOST:PORT, and look at our alerts, several times a second."""
    (folder / "prometheus.yml").write_text(_HURRIED % target)
    (folder / RULES.name).write_text(re.sub(r"for: \w+", "for: 200ms", RULES.read_text()))
    address = f"127.0.0.1:{free_port()}"
    files = ("--config.file=prometheus.yml", "--storage.tsdb.path=data")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["prometheus", *files, f"--web.listen-address={address}"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        running = Prometheus(f"http://{address}")
        _wait_until_ready(process, running)
        yield running
    finally:
        process.terminate()
        process.wait(_SOON_SECONDS)


def _wait_until_ready(process: subprocess.Popen[bytes], running: Prometheus) -> None:
    deadline = time.monotonic() + _SOON_SECONDS
    while not running.is_ready():
        assert process.poll() is None, "prometheus ended"
        assert time.monotonic() < deadline, "prometheus does not answer"
        time.sleep(0.05)
