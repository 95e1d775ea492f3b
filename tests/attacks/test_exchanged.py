"""What must not be written or seen, exchanged outside while a view of it is warm."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from handrail.call import Line
from handrail.opening import open_line
from handrail.plan.host import survey
from handrail.record.logbook import Logbook
from handrail.request import Call
from handrail.spec.load import load
from handrail.spec.server import Tier
from tests.running import hand_over, said

FILE = """
config_version = 1
[programs]
sh = {{}}
[secrets]
TOKEN = {{ file = "token" }}
[confinement]
use = "{tier}"
[[tool]]
name = "sh"
description = "Run a script."
program = "sh"
args = ["-c", "{{script}}"]
effect = "write"
params.script = {{ required = true }}
"""


class Site(NamedTuple):
    folder: Path
    file: Path

    def save(self, name: str, text: str) -> None:
        """As editors do: a new file takes the place of the old."""
        new = self.folder / f"{name}.new"
        new.write_text(text)
        new.rename(self.folder / name)
        hand_over(self.folder, *self.folder.rglob("*"))

    def exchange_repository(self) -> None:
        shutil.move(self.folder / ".git", self.folder.parent / "old.git")
        self.make_repository()

    def make_repository(self) -> None:
        (self.folder / ".git").mkdir()
        (self.folder / ".git" / "config").write_text("[core]\n")
        hand_over(self.folder, *self.folder.rglob("*"))

    def exchange_workspace(self) -> None:
        old = self.folder.rename(self.folder.with_name("old"))
        shutil.copytree(old, self.folder)
        (self.folder / "fresh").touch()
        hand_over(self.folder, *self.folder.rglob("*"))


@pytest.fixture(params=[Tier.NAMESPACES, Tier.LANDLOCK])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Site:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "handrail.toml").write_text(FILE.format(tier=request.param))
    (folder / "token").write_text("secret-token")
    made = Site(folder, folder / "handrail.toml")
    made.make_repository()
    return made


async def call(line: Line, script: str) -> str:
    outcome = await line.call(Call(line.spec.tools[0], {"script": script}))
    stdout, stderr = said(outcome)
    line.outputs.clear()
    return (stdout + stderr).decode()


EXCHANGES: dict[str, Callable[[Site], None]] = {
    "the server file": lambda site: site.save("handrail.toml", "# saved\n"),
    "the repository": Site.exchange_repository,
    "a secret": lambda site: site.save("token", "secret-token-2"),
}
ATTEMPTS = "echo x >> handrail.toml; echo x >> .git/config; cat token; cat .handrail/*"


@pytest.mark.parametrize("what", EXCHANGES)
async def test_what_is_exchanged_stays_covered(site: Site, what: str) -> None:
    spec = load(site.file, {})
    host, findings = survey(spec, site.file, {})
    assert host is not None, findings
    async with open_line(spec, host, Logbook()) as line:
        for _ in range(3):  # inodes are used again: a third file may look like the first
            refused = await call(line, ATTEMPTS)
            assert "secret-token" not in refused
            EXCHANGES[what](site)
            shutil.rmtree(site.folder.parent / "old.git", ignore_errors=True)
            before = (site.file.read_text(), (site.folder / ".git" / "config").read_text())
            refused = await call(line, ATTEMPTS)
            assert "secret-token" not in refused
            assert (site.file.read_text(), (site.folder / ".git" / "config").read_text()) == before


async def test_an_exchanged_workspace_is_the_one_that_is_worked_in(site: Site) -> None:
    spec = load(site.file, {})
    host, findings = survey(spec, site.file, {})
    assert host is not None, findings
    (site.folder / "src").mkdir()
    hand_over(site.folder, *site.folder.rglob("*"))
    async with open_line(spec, host, Logbook()) as line:
        assert "fresh" not in await call(line, "ls")
        site.exchange_workspace()
        assert "fresh" in await call(line, "ls; touch src/made")
        assert (site.folder / "src" / "made").exists()
