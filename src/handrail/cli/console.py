"""`handrail console`: where the consoles of a file's running servers are, and what opens them."""

from __future__ import annotations

import json
from pathlib import Path

from handrail.cli import streams
from handrail.cli.options import AsJson
from handrail.ops.state_socket import CONSOLE, told
from handrail.plan.host import STATE_FOLDER
from handrail.spec.find import find


def console(file: Path | None = None, *, json_: AsJson = False) -> int:
    """Print the address of the console of each running server of FILE, with what opens it.

    Keep it to yourself: whoever has it sees what all callers do, and can stop their calls.
    Exit code 1 when there is none.

    Parameters
    ----------
    file
        The server file; handrail.toml here or in the nearest parent when left out.
    json_
        Print the facts of each server on a line.
    """
    state = (find(Path.cwd()) if file is None else file).absolute().parent / STATE_FOLDER
    servers = list(told(state, CONSOLE))
    for facts in servers:
        streams.say(json.dumps(facts) if json_ else _words(facts))
    if not servers and not json_:
        streams.complain("No server runs with this file.")
    return 0 if any(facts.get("url") for facts in servers) else 1


def _words(facts: dict[str, str | None]) -> str:
    if facts.get("url") is None:
        return f"{facts['server']}: no console. Serve with --ops 127.0.0.1:9464 for one."
    return f"{facts['server']}: {facts['url']}"
