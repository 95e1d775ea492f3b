"""`handrail top`: what goes on in the running servers of a file, live."""

from __future__ import annotations

import json
import select
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.live import Live

from handrail.cli import streams
from handrail.cli.options import AsJson
from handrail.cli.watching import picture
from handrail.ops.state_socket import told
from handrail.plan.host import STATE_FOLDER
from handrail.spec.find import find

_LAST_KEYS = ("q", "Q", "\x03", "\x04")


def top(
    file: Path | None = None, *, every: float = 1.0, once: bool = False, json_: AsJson = False
) -> int:
    """Show who calls, what runs and waits, and what is left of budgets; q ends it.

    Exit code 1 when no server runs with FILE.

    Parameters
    ----------
    file
        The server file; handrail.toml here or in the nearest parent when left out.
    every
        Seconds between two looks.
    once
        Look once and end; so it is, too, where there is no terminal.
    json_
        Print the facts of each server on a line, once.
    """
    found = find(Path.cwd()) if file is None else file
    state = found.absolute().parent / STATE_FOLDER
    if json_:
        return _print(state)
    console = Console()
    if once or not (console.is_terminal and sys.stdin.isatty()):
        servers = list(told(state))
        console.print(picture(servers, console.width, console.height))
        return 0 if servers else 1
    _watch(console, state, every)
    return 0


def _print(state: Path) -> int:
    servers = list(told(state))
    for facts in servers:
        streams.say(json.dumps(facts))
    return 0 if servers else 1


def _watch(console: Console, state: Path, every: float) -> None:
    with _keys(), Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            live.update(picture(list(told(state)), console.width, console.height), refresh=True)
            if _pressed(every) in _LAST_KEYS:
                return


def _pressed(seconds: float) -> str | None:
    """The key that was pressed meanwhile."""
    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    return sys.stdin.read(1) if ready else None


@contextmanager
def _keys() -> Iterator[None]:
    """Keys are heard as they are pressed, and not shown."""
    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
