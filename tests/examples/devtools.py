"""The example's server in memory, for tests."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from fastmcp import Client

from handrail.mcp.server import build_server
from handrail.opening import open_line
from handrail.plan.host import survey
from handrail.record.logbook import Logbook
from handrail.spec.load import load
from handrail.spec.server import ConfinementTable, ServerSpec, Tier

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "devtools"
FILE = FOLDER / "handrail.toml"
# pytest, which the file declares, lives beside this Python.
PATH = f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}"


def spec(workspace: Path = ROOT) -> ServerSpec:
    """The server file, over this repository or another workspace."""
    return load(FILE, {"WORKSPACE": str(workspace)})


def unconfined(declared: ServerSpec) -> ServerSpec:
    """The same, with all files open to commands: what holds then is the file's own doing."""
    user = "root" if os.geteuid() == 0 else None
    bare = ConfinementTable(require=Tier.RLIMITS, use=Tier.RLIMITS, user=user)
    return declared.model_copy(update={"confinement": bare})


@asynccontextmanager
async def serving(state: Path, declared: ServerSpec) -> AsyncIterator[Client[Any]]:
    """A client of the example's server, which keeps its state in `state`."""
    host, findings = survey(declared, FILE, {"PATH": PATH})
    assert host is not None, findings
    async with (
        open_line(declared, replace(host, state=state), Logbook()) as line,
        Client(build_server(line)) as client,
    ):
        yield client
