"""`handrail key`: the API keys by which callers prove who they are."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from pydantic import TypeAdapter, ValidationError

from handrail.cli import streams
from handrail.cli.options import AsJson
from handrail.errors import UsageError
from handrail.mcp.auth.key import Key, KeyName, new_key
from handrail.mcp.auth.key_file import changing, read_keys
from handrail.spec.find import find
from handrail.spec.load import load
from handrail.spec.server import ServerSpec
from handrail.spec.units import seconds

key = App(name="key", help="Make, list and revoke the API keys of a server.")

File = Annotated[Path | None, Parameter(name="--file")]
Several = Parameter(negative="", consume_multiple=False)


@key.command
def new(
    name: str,
    *,
    role: Annotated[tuple[str, ...], Several] = (),
    tool: Annotated[tuple[str, ...], Several] = (),
    expires: str | None = None,
    file: File = None,
    json_: AsJson = False,
) -> int:
    """Make a key for the caller NAME, and print it. It is never shown again.

    Parameters
    ----------
    name
        The caller. It may have several keys: make a new one, then revoke the old one by its id.
    role
        A role of [access.roles]; give it again for more.
    tool
        The only tools that the key is for, by a name or a glob; give it again for more.
    expires
        How long it holds: 30d, 12h. For ever when left out.
    file
        The server file; handrail.toml here or in the nearest parent when left out.
    json_
        Print it as JSON.
    """
    spec, path = _open(file)
    _check(name, role, spec)
    made, text = new_key(name, role, tool or None, _when(expires))
    with changing(path) as keys:
        keys.append(made)
    if json_:
        streams.say(json.dumps({"key": text, **_facts(made)}, indent=2))
    else:
        streams.say(text)
        streams.note(f"{made.name} sends it as: Authorization: Bearer KEY. It is shown only now.")
    return 0


@key.command(name="list")
def list_(*, file: File = None, json_: AsJson = False) -> int:
    """List the keys: whose they are and what they are for, never the keys themselves.

    Parameters
    ----------
    file
        The server file; handrail.toml here or in the nearest parent when left out.
    json_
        Print them as JSON.
    """
    _, path = _open(file)
    keys = read_keys(path)
    if json_:
        streams.say(json.dumps([_facts(each) for each in keys], indent=2))
        return 0
    for each in keys:
        streams.say(_line(each))
    if not keys:
        streams.note("no keys; handrail key new NAME makes one")
    return 0


@key.command
def revoke(name: str, *, file: File = None) -> int:
    """Revoke a key by its id NAME, or all keys of the caller NAME; running servers obey at once.

    Parameters
    ----------
    name
        An id, as `key list` shows it, or a caller.
    file
        The server file; handrail.toml here or in the nearest parent when left out.
    """
    _, path = _open(file)
    with changing(path) as keys:
        gone = [each for each in keys if name in (each.id, each.name)]
        if not gone:
            raise UsageError(
                f"there is no key {name!r}", hint=f"Keys: {_among(each.name for each in keys)}."
            )
        keys[:] = [each for each in keys if each not in gone]
    for each in gone:
        streams.note(f"revoked {each.id} of {each.name}")
    return 0


def _open(file: Path | None) -> tuple[ServerSpec, Path]:
    """What the server file says, and where its keys are."""
    path = find(Path.cwd()) if file is None else file
    spec = load(path, os.environ)
    if spec.auth.keys is None:
        raise UsageError(
            f"{path} does not say where its keys are",
            hint='Add a line above its first table: auth.keys = ".handrail/keys.json"',
        )
    return spec, path.absolute().parent / spec.auth.keys


def _check(name: str, roles: Sequence[str], spec: ServerSpec) -> None:
    try:
        TypeAdapter(KeyName).validate_python(name)
    except ValidationError as wrong:
        raise UsageError(f"{name!r}: {wrong.errors()[0]['msg']}") from None
    known = dict.fromkeys([*spec.access.roles, *_mentioned(spec)])
    unknown = [role for role in roles if role not in known]
    if unknown:
        message = f"there is no role {unknown[0]!r} in [access.roles]"
        raise UsageError(message, hint=f"Roles: {_among(known)}.")
    if spec.access.roles and not roles:
        raise UsageError(
            "a key without a role can use nothing here",
            hint=f"Add --role with one of: {_among(known)}.",
        )


def _mentioned(spec: ServerSpec) -> Iterable[str]:
    """Roles that are asked for, also where no role says which tools it may use."""
    yield from (role for tool in spec.tools for role in tool.requires)
    for rule in spec.rules:
        yield from [rule.role] if isinstance(rule.role, str) else rule.role


def _when(expires: str | None) -> datetime | None:
    if expires is None:
        return None
    try:
        return datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds(expires))
    except (ValueError, OverflowError):
        message = f"--expires {expires}: not how long a key can hold"
        raise UsageError(message, hint="Write a number and a unit, like 30d or 12h.") from None


def _among(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names)) or "none"


def _facts(each: Key) -> dict[str, object]:
    return each.model_dump(mode="json", exclude={"sha256"})


def _line(each: Key) -> str:
    """`1f0c9a2b3d4e  ci  roles reader  tools git_*  expires 2026-12-01 10:00`."""
    until = "never expires"
    if each.expires is not None:
        word = "expired" if each.has_expired(datetime.now(UTC)) else "expires"
        until = f"{word} {each.expires:%Y-%m-%d %H:%M} UTC"
    tools = "" if each.tools is None else f"  tools {' '.join(each.tools)}"
    return f"{each.id}  {each.name}  roles {' '.join(each.roles) or 'none'}{tools}  {until}"
