"""`handrail call`: one call of one tool, here and now, by the same line as a server's."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.status import Status

from handrail.cli import streams
from handrail.cli.approval import approver
from handrail.cli.arguments import parse_arguments
from handrail.cli.options import AsJson
from handrail.errors import CallError
from handrail.examining import Opened, of_age, open_file
from handrail.mcp import prose, refusal
from handrail.mcp.answer import Answer, answer
from handrail.mcp.clean import clean
from handrail.mcp.files.answer import FilesAnswer
from handrail.opening import open_line
from handrail.process.outcome import Cancelled
from handrail.record.audit.keep import audited
from handrail.record.logs import configure_logs
from handrail.record.record import CallRecord
from handrail.request import Call
from handrail.spec.tool import FilesSpec

_INTERRUPTED = 130


def call(
    tool: str,
    *arguments: str,
    file: Path | None = None,
    json_: AsJson = False,
    yes: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Call TOOL once, with NAME=VALUE arguments, and print what it wrote.

    Exit code 0 when the call succeeded, 1 when it did not.

    Parameters
    ----------
    tool
        The tool's name.
    arguments
        NAME=VALUE; give a repeated param once for each item.
    file
        The server file; handrail.toml here or in the nearest parent when left out.
    json_
        Print the structured result.
    yes
        Approve beforehand what a person must approve; else you are asked, at a terminal.
    """
    configure_logs("plain", "ERROR")
    opened = open_file(file, of_age)
    request = parse_arguments(opened.tool(tool), arguments)
    return asyncio.run(_call(opened, tool, request, as_json=json_, yes=yes))


class _Unrecorded:
    """One call at a terminal: what is printed is its record, beside the audit."""

    is_failing = False

    async def begin(self, call: CallRecord) -> None:
        """Keep nothing."""

    async def end(self, call: CallRecord) -> None:
        """Keep nothing."""


def _wake_for_signals() -> None:
    """Let no Ctrl-C wait for the next event.

    It would when it comes just before the loop waits, or to another thread: the loop wakes for
    signals from its first handler on, of whichever (signal.set_wakeup_fd), and asyncio's own for
    Ctrl-C is none of them.
    """
    asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, lambda: None)


async def _call(
    opened: Opened, name: str, request: dict[str, object], *, as_json: bool, yes: bool
) -> int:
    _wake_for_signals()
    tool = opened.tool(name)
    spec, host, means = opened.spec, opened.host, opened.means
    async with (
        audited(_Unrecorded(), spec, host, means.tier) as recorder,
        open_line(spec, host, recorder, means) as line,
    ):
        with _watching(name) as status:
            one = Call(tool, request, _listener(status), approver=approver(yes=yes, status=status))
            try:
                outcome = await line.call(one)
            except CallError as error:
                _print_error(error, one.id, as_json=as_json)
                return 1
        if isinstance(tool, FilesSpec):
            return _tell_files(FilesAnswer(one.id, tool, outcome, request), as_json=as_json)
        shown_bytes = tool.output or opened.spec.limits.output
        got = answer(one.id, tool, outcome, shown_bytes, request)
        if as_json:
            streams.say(json.dumps(got.structure(), ensure_ascii=False, indent=2))
        else:
            _print(got)
        if isinstance(outcome.ending, Cancelled):
            return _INTERRUPTED
        return 0 if got.ok else 1


def _tell_files(got: FilesAnswer, *, as_json: bool) -> int:
    text = json.dumps(got.structure(), ensure_ascii=False, indent=2) if as_json else got.text()
    streams.say(text)
    if isinstance(got.outcome.ending, Cancelled):
        return _INTERRUPTED
    return 0 if got.ok else 1


def _watching(name: str) -> AbstractContextManager[Status | None]:
    """A line on the terminal that says what is going on."""
    if not sys.stderr.isatty():
        return nullcontext()
    return Console(stderr=True).status(f"{name} …")


def _listener(status: Status | None) -> Callable[[str], None] | None:
    if status is None:
        return None
    return lambda line: status.update(clean(line.encode()).text[-70:])


def _print(got: Answer) -> None:
    if got.stdout.text:
        streams.say(got.stdout.text)
    if got.stderr.text:
        streams.note(got.stderr.text.rstrip("\n"))
    streams.note(prose.headline(got))
    for advice in prose.advice(got):
        streams.note(advice)


def _print_error(error: CallError, call_id: str, *, as_json: bool) -> None:
    if as_json:
        streams.say(json.dumps(refusal.structure(error, call_id), ensure_ascii=False, indent=2))
    else:
        streams.note(prose.tell_error(error))
