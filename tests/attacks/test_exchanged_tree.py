"""A tree that one tool may write, exchanged by another for a link: it leads to nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from handrail.call import Line
from handrail.errors import CallError
from handrail.opening import open_line
from handrail.plan.host import survey
from handrail.record.logbook import Logbook
from handrail.request import Call
from handrail.spec.load import load
from handrail.spec.server import Tier
from tests.running import hand_over, said

FILE = """
config_version = 1
workspace.root = "workspace"
[programs]
sh = {{}}
[confinement]
use = "{tier}"
[[tool]]
name = "all"
description = "Run a script that may write the workspace."
program = "sh"
args = ["-c", "{{script}}"]
effect = "write"
params.script = {{ required = true }}
[[tool]]
name = "build"
description = "Run a script that may write the build."
program = "sh"
args = ["-c", "{{script}}"]
effect = "write"
writable = ["workspace/build"]
params.script = {{ required = true }}
"""


@dataclass(frozen=True)
class Scene:
    line: Line
    folder: Path

    async def run(self, tool: str, script: str) -> str:
        """What a script says, or the code of the call's refusal."""
        (spec,) = [one for one in self.line.spec.tools if one.name == tool]
        try:
            outcome = await self.line.call(Call(spec, {"script": script}))
        except CallError as error:
            return error.code
        stdout, stderr = said(outcome)
        self.line.outputs.clear()
        return (stdout + stderr).decode()


@pytest.fixture(params=[Tier.NAMESPACES, Tier.LANDLOCK])
async def scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Scene]:
    for name in ("workspace", "workspace/build", "outside"):
        (tmp_path / name).mkdir()
    (tmp_path / "outside" / "secret").write_text("found")
    (tmp_path / "handrail.toml").write_text(FILE.format(tier=request.param))
    # Whoever commands run as could write outside, too: only their confinement keeps them.
    hand_over(*tmp_path.rglob("*"))
    file = tmp_path / "handrail.toml"
    spec = load(file, {})
    host, findings = survey(spec, file, {})
    assert host is not None, findings
    async with open_line(spec, host, Logbook()) as line:
        yield Scene(line, tmp_path)


ATTEMPT = "cat build/secret; echo mine >build/new; ls build"


@pytest.mark.parametrize("is_warm", [True, False])
async def test_a_link_in_its_place_gives_no_right_where_it_leads(
    scene: Scene, is_warm: bool
) -> None:
    if is_warm:
        assert await scene.run("build", "echo mine >build/own; cat build/own") == "mine\n"
    exchange = f"mv build gone; ln -s {scene.folder}/outside build"
    assert await scene.run("all", exchange) == ""

    seen = await scene.run("build", ATTEMPT)

    assert "found" not in seen
    assert [one.name for one in (scene.folder / "outside").iterdir()] == ["secret"]
    # What was exchanged back is as it was.
    assert await scene.run("all", "rm build; mv gone build") == ""
    assert await scene.run("build", "echo again >build/own; cat build/own") == "again\n"
