"""A server of files tools, asked as fast as it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from handrail.spec.files import Operation
from handrail.spec.server import Tier
from tests.served.raw import lines, opening, stdio_process, tool_call
from tests.served.site import Site

Call = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Asks a tool, with arguments; the whole answer."""
HIDDEN = "secrets.env"
"""A file of the workspace that the server has a secret from; it must be there."""


@contextmanager
def serving(base: Path, tier: Tier, *operations: Operation) -> Iterator[Call]:
    """A real server of the workspace `base/ws`, with a tool `t_…` for each of these operations.

    It is asked one call at a time, by hand.
    """
    tools = "".join(
        f'[[tool]]\nname = "t_{each}"\ndescription = "Work on files."\nfiles = "{each}"\n'
        for each in operations
    )
    site = Site(base)
    site.temporary.mkdir()
    site.temporary.chmod(0o1777)
    site.file.write_text(
        'config_version = 1\n[server]\nname = "files"\n[workspace]\nroot = "ws"\n'
        f'[secrets]\nHELD = {{ file = "ws/{HIDDEN}" }}\n{tools}'
    )
    site.pin(tier)
    with stdio_process(site) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def call(tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
            stdin.write(lines([tool_call(1, tool, **arguments)]))
            stdin.flush()
            answer: dict[str, Any] = json.loads(stdout.readline())
            return answer

        stdin.write(lines(opening("auto")))
        stdin.flush()
        assert "result" in json.loads(stdout.readline())
        yield call


def outcome(answer: dict[str, Any]) -> str:
    """`done`, or the code of the refusal; a fault of ours fails the test."""
    result = answer["result"]
    code: str = result["structuredContent"].get("error", {"code": "done"})["code"]
    assert code != "internal", answer
    return code
