"""`handrail diff`: what changed between two servers, for the clients of their tools."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from handrail.cli import streams
from handrail.cli.diagnostics import shown
from handrail.errors import UsageError
from handrail.scaffold.clients.remote import is_readable_by_others, remote
from handrail.scaffold.compare.change import Change
from handrail.scaffold.compare.compare import compare
from handrail.scaffold.compare.listing import Listing
from handrail.scaffold.compare.side import is_url, open_file
from handrail.spec.document import printable
from handrail.spec.find import find

Form = Literal["text", "json", "github"]
"""How changes are written."""


def diff(
    old: str,
    new: str | None = None,
    /,
    *,
    breaking: Annotated[bool, Parameter(negative="")] = False,
    format: Form = "text",
    old_key: str | None = None,
    new_key: str | None = None,
) -> int:
    """Say what changed from OLD to NEW for the clients of the tools; exit 1 when it breaks them.

    Each is a server file, the URL of a running server, or a listing of its tools in JSON.

    Parameters
    ----------
    old
        What clients use now.
    new
        What they would use then; handrail.toml here or in the nearest parent when left out.
    breaking
        Print only what breaks clients.
    format
        How to print the changes.
    old_key
        The environment variable that holds the caller's key, where OLD is a URL.
    new_key
        The same, where NEW is a URL.
    """
    after = str(find(Path.cwd())) if new is None else new
    sides = (_side(old, old_key, "--old-key"), _side(after, new_key, "--new-key"))
    if new is None:
        streams.note(f"old: {old}\nnew: {after}")
    found = compare(*sides)
    told = [one for one in found if one.breaks or not breaking]
    text = _RENDERERS[format](told)
    if text:
        streams.say(text)
    broken = sum(one.breaks for one in found)
    streams.note(_summary(broken, len(found) - broken))
    return 1 if broken else 0


def _side(named: str, key: str | None, option: str) -> Listing:
    if not is_url(named):
        if key is not None:
            raise UsageError(f"{option} is for a URL, and {named} is a file")
        return open_file(Path(named), os.environ)
    server = remote(named, "", key)
    if key is not None and key not in os.environ:
        raise UsageError(f"{option} {key}: there is no such environment variable")
    if key is not None and is_readable_by_others(server):
        streams.note(f"note: the key travels unencrypted to {server.url}")
    return _served(server.url, None if key is None else os.environ[key])


def _served(url: str, key: str | None) -> Listing:
    # The framework is slow to import, and only once its settings are settled.
    from handrail.cli.serve import prepare_framework

    prepare_framework()
    from handrail.scaffold.compare.served import ask

    return ask(url, key)


def _summary(broken: int, others: int) -> str:
    if not broken and not others:
        return "nothing changed for clients"
    return f"{broken} breaking, {others} compatible"


def _text(changes: Sequence[Change]) -> str:
    return "\n".join(f"{_where(one)}{_kind(one)}[{one.code}] {_said(one)}" for one in changes)


def _where(change: Change) -> str:
    if change.spot is None:
        return ""
    place = change.spot.place
    return f"{shown(change.spot.file)}:{place.line}:{place.column} "


def _kind(change: Change) -> str:
    return "breaking" if change.breaks else "compatible"


def _said(change: Change) -> str:
    return f"{printable(change.tool)}: {change.message}"


def _json(changes: Sequence[Change]) -> str:
    return json.dumps([_record(one) for one in changes], indent=2)


def _record(change: Change) -> dict[str, Any]:
    spot = change.spot
    return {
        "file": None if spot is None else shown(spot.file),
        "line": None if spot is None else spot.place.line,
        "column": None if spot is None else spot.place.column,
        "breaking": change.breaks,
        "code": change.code,
        "tool": change.tool,
        "at": change.pointer,
        "message": change.message,
        "documentation": "docs/diff.md",
    }


def _github(changes: Sequence[Change]) -> str:
    return "\n".join(map(_command, changes))


def _command(change: Change) -> str:
    named = {"title": change.code}
    if change.spot is not None:
        place = change.spot.place
        at = {"line": str(place.line), "col": str(place.column)}
        named = {"file": shown(change.spot.file), **at, **named}
    properties = ",".join(f"{name}={_property(value)}" for name, value in named.items())
    return f"::{'error' if change.breaks else 'notice'} {properties}::{_data(_said(change))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


_RENDERERS: dict[Form, Callable[[Sequence[Change]], str]] = {
    "text": _text,
    "json": _json,
    "github": _github,
}
