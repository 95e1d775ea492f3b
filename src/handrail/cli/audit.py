"""`handrail audit`: what was done, by whom, and whether the record of it is whole."""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from handrail.cli import streams
from handrail.cli.audit_rows import Wanted, row, when
from handrail.cli.options import AsJson
from handrail.errors import UsageError
from handrail.record.audit.begin import read_key
from handrail.record.audit.following import follow, told
from handrail.record.audit.head import Head
from handrail.record.audit.keep import audit_file
from handrail.record.audit.place import Place
from handrail.record.audit.reading import lines, snapshot
from handrail.record.audit.verify import verify as look_through
from handrail.spec.find import find
from handrail.spec.load import load

audit = App(name="audit", help="Show what was done, and verify that the record of it is whole.")


@audit.command
def show(  # noqa: PLR0913  # one for each option
    file: Path | None = None,
    *,
    caller: str | None = None,
    tool: str | None = None,
    decision: str | None = None,
    ended: str | None = None,
    since: str | None = None,
    until: str | None = None,
    last: int | None = None,
    follow: Annotated[bool, Parameter(negative="")] = False,
    json_: AsJson = False,
) -> int:
    """Show calls, one on a line, the newest last.

    Parameters
    ----------
    file
        The server file; handrail.toml here or in the nearest parent when left out.
    caller
        Only of these callers: a name or a glob.
    tool
        Only of these tools: a name or a glob.
    decision
        Only those that the policy decided so: allow, ask or deny.
    ended
        Only those that ended so: an ending (exited, timed_out, ...), a code of refusal, or lost.
    since
        Only those from then on: 1h, 2d, or 2026-11-23T08:00.
    until
        Only those up to then.
    last
        Only so many, the newest.
    follow
        Go on with what comes.
    json_
        Print the records as they are, one on a line.
    """
    place = _place(file)
    wanted = Wanted(caller, tool, decision, ended, _time(since), _time(until))
    records = (facts for facts in told(place) if wanted.takes(facts))
    for facts in records if last is None else deque(records, maxlen=last):
        _print(facts, as_json=json_)
    if follow:
        with suppress(KeyboardInterrupt):
            _go_on(place, wanted, as_json=json_)
    return 0


def _go_on(place: Place, wanted: Wanted, *, as_json: bool) -> None:
    for facts in follow(place):
        if wanted.takes(facts):
            _print(facts, as_json=as_json)
            sys.stdout.flush()


@audit.command
def verify(
    file: Path | None = None,
    *,
    audit_file: Path | None = None,
    key: Path | None = None,
    head: Path | None = None,
    json_: AsJson = False,
) -> int:
    """Find every record that was changed, removed, moved, added or cut off, and name it.

    Exit code 0 when there is none; calls that were lost with a killed server are told, too.

    Parameters
    ----------
    file
        The server file; handrail.toml here or in the nearest parent when left out.
    audit_file
        A copy to look at instead, with its full files beside it.
    key
        Its key, when that does not lie beside it.
    head
        Its head, when that does not lie beside it.
    json_
        Print it as JSON.
    """
    place = _place(file) if audit_file is None else Place.of(audit_file, key, head)
    try:
        secret = read_key(place.key)
        with snapshot(place) as (raw, parts):
            report = look_through(lines(parts), secret, Head.decode(raw, secret))
    except FileNotFoundError as missing:
        return _cannot(f"{missing.filename} is missing", json_=json_)
    except (OSError, ValueError) as wrong:
        return _cannot(getattr(wrong, "strerror", None) or f"{place.key}: no key", json_=json_)
    if json_:
        found = {"records": report.records, "first": report.first, "last": report.last}
        words = {"findings": list(map(str, report.findings)), "notes": report.notes}
        streams.say(json.dumps({"whole": report.is_whole, **found, **words}, indent=2))
        return 0 if report.is_whole else 1
    for note in report.notes:
        streams.note(note)
    for finding in report.findings:
        streams.say(str(finding))
    streams.say(_summary(report.records, report.first, report.last, len(report.findings)))
    return 0 if report.is_whole else 1


def _summary(records: int, first: int, last: int, findings: int) -> str:
    numbers = f", seq {first} to {last}" if records else ""
    whole = "whole" if not findings else f"{findings} finding{'s' * (findings > 1)}"
    count = "1 record" if records == 1 else f"{records:,} records"
    return f"{count}{numbers}, {whole}"


def _cannot(why: str, *, json_: bool) -> int:
    """Without its key and its head, nobody can tell whether an audit is whole."""
    if json_:
        streams.say(json.dumps({"whole": False, "findings": [why], "notes": []}, indent=2))
    else:
        streams.complain(
            f"the audit cannot be verified: {why}",
            hint="Its key and its head lie beside it, as FILE.key and FILE.head; copies need both.",
        )
    return 1


def _place(file: Path | None) -> Place:
    found = (find(Path.cwd()) if file is None else file).absolute()
    table = load(found, os.environ).audit
    if table is None:
        raise UsageError(f"{found} keeps no audit", hint="Add the table [audit] to it.")
    return Place.of(audit_file(table, found.parent))


def _time(text: str | None) -> datetime | None:
    return None if text is None else when(text)


def _print(facts: dict[str, Any], *, as_json: bool) -> None:
    width = os.get_terminal_size().columns if sys.stdout.isatty() else None
    streams.say(json.dumps(facts) if as_json else row(facts)[:width])
