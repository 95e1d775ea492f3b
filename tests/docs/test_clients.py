"""docs/clients.md tells where clients keep their servers, and its examples are right."""

from __future__ import annotations

import re
from pathlib import Path

from handrail.scaffold.clients.catalogue import CLIENTS
from handrail.scaffold.clients.client import Client
from handrail.scaffold.clients.entry import snippet
from handrail.scaffold.clients.launch import Stdio
from handrail.scaffold.clients.remote import remote

_DOCUMENT = (Path(__file__).parents[2] / "docs" / "clients.md").read_text()
_EXAMPLES = dict(re.findall(r"```\n\$ (handrail client .*)\n((?:.*\n)*?)```", _DOCUMENT))


def _row(client: Client) -> str:
    user = f"`~/{Path(client.home.usual) / client.files[0]}`"
    project = f"`{client.project_files[0]}`" if client.project_files else "-"
    key = "-" if client.http is None else "key by hand" if client.http_notes else "key by variable"
    return f"| `{client.name}` | {user} | {project} | {key} |"


def test_the_table_has_every_client() -> None:
    rows = [line for line in _DOCUMENT.splitlines() if line.startswith("| `")]

    assert rows == [_row(client) for client in CLIENTS.values()]


def test_what_is_said_to_be_printed_is_printed() -> None:
    arguments = ("serve", "/srv/devtools/handrail.toml")
    server = Stdio("devtools", "/opt/handrail/bin/handrail", arguments)
    claude = snippet(
        CLIENTS["claude-code"], remote("https://tools.example.com", "handrail", "HANDRAIL_KEY")
    )

    assert _EXAMPLES["handrail client codex"] == snippet(CLIENTS["codex"], server)
    command = "handrail client claude-code --http https://tools.example.com"
    assert _EXAMPLES[command] == claude
