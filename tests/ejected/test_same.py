"""A server file and its ejected project are the same server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from fastmcp import Client
from fastmcp.client.elicitation import ElicitResult
from fastmcp.client.transports import StdioTransport

from handrail.spec.load import load
from tests.ejected.ejecting import PATH, ROOT, eject, package_in
from tests.running import hand_over

EXAMPLES = ROOT / "examples"
EVERY_RUN = {EXAMPLES / "devtools/handrail.toml", EXAMPLES / "shared-server/handrail.toml"}
FILES = [
    file if file in EVERY_RUN else pytest.param(file, marks=pytest.mark.nightly)
    for file in sorted(EXAMPLES.glob("*/*.toml"))
]
MEASURED = re.compile(
    r"[0-9a-f]{20,40}"  # ids of calls and commits
    r"|\b[0-9a-f]{7,12}\b"
    r"|\d+(\.\d+)? (ms|s|seconds)"
    r"|\d+\.\d+s|={3,}"  # pytest's times, and what fills its lines
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*"
)
"""What differs from one time to the next."""
TIMES = {"call_id", "seconds", "cpu_seconds", "max_rss_bytes", "modified", "date", "time"}


def ids(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


@pytest.mark.timeout(240)
@pytest.mark.parametrize("file", FILES, ids=ids)
async def test_the_file_and_the_project_list_and_answer_the_same(
    tmp_path: Path, file: Path
) -> None:
    file, project = without_budgets(file, tmp_path / "served"), tmp_path / "project"
    eject(file, project)
    package = package_in(project)

    served = await told(tmp_path, file, ["-m", "handrail", "serve", str(file)])
    ejected = await told(tmp_path, file, ["-m", package], PYTHONPATH=str(project / "src"))

    assert len(served) > 1
    for name, answer in served.items():
        assert ejected[name] == answer, name


def without_budgets(file: Path, folder: Path) -> Path:
    """The server file, when it may be asked as often as it has examples."""
    document = tomlkit.parse(file.read_text())
    access = document.get("access", {})
    access.pop("limits", None)
    access.pop("total", None)
    folder.mkdir()
    (folder / "handrail.toml").write_text(tomlkit.dumps(document))
    return folder / "handrail.toml"


async def told(folder: Path, file: Path, arguments: list[str], **environ: str) -> dict[str, object]:
    """The listing, and the answer to every example, each time from the same beginning."""
    workspace = fresh_workspace(folder)
    (folder / "metrics_token").write_text("not a secret, and long enough")
    alone = {
        "PATH": PATH,
        "HOME": str(folder),
        "WORKSPACE": str(workspace),
        "BUDGETS": "memory",
        "METRICS_TOKEN": str(folder / "metrics_token"),
    }
    server = StdioTransport(
        sys.executable, arguments, env=alone | environ, cwd=str(folder), keep_alive=False
    )
    answers: dict[str, object] = {}
    async with Client(server, elicitation_handler=agree) as client:
        listed = await client.list_tools()
        answers["tools/list"] = [tool.model_dump(mode="json") for tool in listed]
        for tool in load(file, alone).tools:
            for number, example in enumerate(tool.examples):
                result = await client.call_tool(tool.name, dict(example.args), raise_on_error=False)
                texts = [getattr(block, "text", block) for block in result.content]
                answers[f"{tool.name}-{number}"] = levelled([texts, result.structured_content])
    return answers


def fresh_workspace(folder: Path) -> Path:
    """A clone of this repository, in the same place each time."""
    workspace = folder / "workspace"
    shutil.rmtree(workspace, ignore_errors=True)
    clone = ["git", "-c", "safe.directory=*", "clone", "--quiet", "--local", "--depth=20"]
    subprocess.run([*clone, f"file://{ROOT}", str(workspace)], check=True)
    if os.geteuid() == 0:
        hand_over(workspace, *workspace.rglob("*"))
    return workspace


async def agree(*_: Any) -> ElicitResult[Any]:
    """Yes, to whatever is asked."""
    return ElicitResult(action="accept", content={"approve": True})


def levelled(value: object) -> object:
    """`value` without what differs from one time to the next."""
    match value:
        case dict():
            return {key: 0 if key in TIMES else levelled(one) for key, one in value.items()}
        case list():
            return [levelled(one) for one in value]
        case str():
            return MEASURED.sub("…", value)
        case _:
            return value
