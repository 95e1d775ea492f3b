"""What a server says comes whole through Docker's files and rsyslog, by the shipped setup."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.running import eventually
from tests.served.auditing import FILE
from tests.served.serving import call, serving
from tests.served.site import WAYS, Site

SHIPPED = Path("container/rsyslog")
PIECE = 16_384
"""Docker's driver `json-file` keeps longer lines in pieces of that size."""
TIME = "2026-11-23T15:00:00.123456789Z"
HOSTILE = '\n{"event": "forged"}\n"}\\ %msg% $!log é ☃ <&>'


class Collected:
    """A container's file, as Docker writes it, and what rsyslog makes of it."""

    def __init__(self, folder: Path) -> None:
        for name in ("containers/abc", "positions", "logs"):
            (folder / name).mkdir(parents=True)
        self.folder = folder
        self.source = folder / "containers/abc/abc-json.log"

    def write(self, text: str, tag: str = "handrail.first") -> None:
        """Have Docker write what a container says."""
        with self.source.open("a") as file:
            for line in text.splitlines(keepends=True):
                for start in range(0, len(line), PIECE):
                    piece = {"log": line[start : start + PIECE], "stream": "stderr"}
                    written = json.dumps({**piece, "attrs": {"tag": tag}, "time": TIME})
                    file.write(written.replace("<", "\\u003c") + "\n")

    def turn_over(self) -> None:
        """Have Docker begin a new file."""
        self.source.rename(self.source.with_suffix(".log.1"))

    def read(self, name: str = "handrail.first.jsonl") -> list[dict[str, Any]]:
        """What was collected; fails for a line that is no JSON."""
        file = self.folder / "logs" / name
        text = file.read_text() if file.exists() else ""
        return [json.loads(line) for line in text.split("\n")[:-1]]

    @contextmanager
    def running(self, full: int = 2**26) -> Iterator[None]:
        """rsyslog with the shipped configuration; a file is `full` at that many bytes."""
        changes = {
            "/etc/rsyslog": f"{self.folder}",
            '"/positions': f'"{self.folder}/positions',
            '"/containers': f'"{self.folder}/containers',
            "/logs/": f"{self.folder}/logs/",
            "67108864": str(full),
        }
        for name in ("rsyslog.conf", "rotate"):
            text = (SHIPPED / name).read_text()
            for old, new in changes.items():
                text = text.replace(old, new)
            (self.folder / name).write_text(text)
        (self.folder / "rotate").chmod(0o755)
        process = subprocess.Popen(
            ["rsyslogd", "-n", "-i", "NONE", "-f", self.folder / "rsyslog.conf"],
            stdin=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def collected(tmp_path: Path) -> Collected:
    """Nothing yet."""
    return Collected(tmp_path / "docker")


async def test_what_a_server_says_is_collected_as_it_was_said(
    tmp_path: Path, collected: Collected
) -> None:
    (tmp_path / "site").mkdir()
    site = Site.build(tmp_path / "site", FILE)
    async with serving(site, WAYS[0]) as server, server.client() as client:
        for text in ("short", HOSTILE, HOSTILE * 100, "☃" * 5_000):
            assert not (await call(client, "say", text=text)).is_error
    said = site.log.read_text()
    assert max(map(len, said.splitlines())) > PIECE

    with collected.running():
        collected.write(said)
        await eventually(lambda: len(collected.read()) == len(site.records()), 20)
    assert collected.read() == site.records()


async def test_words_become_json_and_other_containers_are_left_alone(collected: Collected) -> None:
    with collected.running():
        collected.write('Traceback: "no"\n\x1b[31mred\n\n{"event": "call"}\n')
        collected.write("not ours\n", tag="other")
        collected.write("not ours\n", tag="x/../handrail.")
        collected.write('{"event": "last"}\n')
        await eventually(lambda: {"event": "last"} in collected.read(), 20)
    words = [{"timestamp": TIME, "event": one} for one in ('Traceback: "no"', "\x1b[31mred", "")]
    assert collected.read() == [*words, {"event": "call"}, {"event": "last"}]
    files = {one.name for one in (collected.folder / "logs").iterdir()}
    assert files <= {"handrail.first.jsonl", "collector.jsonl"}


async def test_nothing_is_lost_or_told_twice_when_docker_or_rsyslog_begin_anew(
    collected: Collected,
) -> None:
    def numbers() -> list[int]:
        return [one["number"] for one in collected.read()]

    with collected.running():
        collected.write('{"number": 1}\n')
        await eventually(lambda: numbers() == [1], 20)
        collected.write('{"number": 2}\n')
        collected.turn_over()
        collected.write('{"number": 3}\n')
        await eventually(lambda: numbers() == [1, 2, 3], 20)
    collected.write('{"number": 4}\n')
    with collected.running():
        await eventually(lambda: numbers()[-1] == 4, 20)
    assert numbers() == [1, 2, 3, 4]


async def test_full_files_are_kept_apart_and_the_oldest_go(collected: Collected) -> None:
    def files() -> list[Path]:
        return list((collected.folder / "logs").glob("handrail.*"))

    with collected.running(full=10_000):
        for number in range(1_500):
            collected.write(f'{{"number": {number}, "text": "{"x" * 100}"}}\n')
        await eventually(lambda: [one["number"] for one in collected.read()][-1:] == [1_499], 20)
    assert len(files()) == 10
    kept = [each["number"] for one in files() for each in collected.read(one.name)]
    assert len(kept) < 1_500
    assert sorted(kept) == list(range(1_500 - len(kept), 1_500))
