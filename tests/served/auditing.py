"""Servers that keep an audit, and a look at what they kept."""

from __future__ import annotations

import json
from typing import Any

from tests.cli.terminal import Printed, handrail
from tests.served.site import Site

FILE = """
config_version = 1
workspace.root = "workspace"
audit = {}
[programs]
echo = {}
sh = {}
[[tool]]
name = "say"
description = "Say it."
program = "echo"
args = ["{text}"]
params.text = { required = true, multiline = true, max_length = 200000 }
[[tool]]
name = "change"
description = "Leave a file."
program = "sh"
args = ["-c", 'echo x >"$1"', "sh", "{name}"]
effect = "write"
params.name = { required = true }
"""


def lines(site: Site) -> list[dict[str, Any]]:
    """What was written, in order, over all files."""
    files = [*sorted(site.state.glob("audit.0*.jsonl")), site.state / "audit.jsonl"]
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def ended(site: Site) -> list[dict[str, Any]]:
    """The records of calls that have ended."""
    return [line for line in lines(site) if line["kind"] == "end"]


def verify(site: Site, *arguments: str) -> Printed:
    """What the owner is told."""
    return handrail("audit", "verify", *arguments, folder=site.folder)
