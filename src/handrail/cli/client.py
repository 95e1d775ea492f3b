"""`handrail client`: a server in the configuration of the program that shall use it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from handrail.cli import streams
from handrail.cli.options import AsJson
from handrail.errors import UsageError
from handrail.scaffold.clients.catalogue import CLIENTS
from handrail.scaffold.clients.client import Client
from handrail.scaffold.clients.entry import entry, snippet
from handrail.scaffold.clients.launch import KEY, Http, Launch
from handrail.scaffold.clients.local import local, server_name
from handrail.scaffold.clients.merge import Change, merge
from handrail.scaffold.clients.notes import notes
from handrail.scaffold.clients.opening import open_config
from handrail.scaffold.clients.remote import remote
from handrail.scaffold.clients.saving import save
from handrail.spec.find import find
from handrail.spec.suggest import closest

Flag = Annotated[bool, Parameter(negative="")]


def client(  # noqa: PLR0913  # one for each option
    client: str | None = None,
    /,
    *,
    file: Path | None = None,
    http: str | None = None,
    key: str = KEY,
    name: str | None = None,
    project: Flag = False,
    config: Path | None = None,
    write: Flag = False,
    replace: Flag = False,
    json_: AsJson = False,
) -> int:
    """Print what CLIENT needs in its configuration to use the server, or write it there.

    Parameters
    ----------
    client
        Which program; all that are known are listed when left out.
    file
        The server file; handrail.toml here or in the nearest parent when left out.
    http
        The URL of a server that runs already, in place of one that the client starts.
    key
        With --http: the environment variable that holds the caller's key.
    name
        What the client calls the server; after the server when left out.
    project
        For the project in this folder, not for all of yours.
    config
        The client's file, where it is not in its usual place.
    write
        Put it into the client's file, beside what is there; a backup is kept.
    replace
        With --write: also in place of another entry of that name.
    json_
        Print it as JSON.
    """
    if client is None:
        return _list(as_json=json_)
    known = _known(client)
    server = _server(file, name, http, key)
    wanted = _Wanted(known, server, _place(known, config, project=project), project)
    found = wanted.written(replaces=replace) if write else wanted.facts()
    if json_:
        streams.say(json.dumps(found, indent=2, ensure_ascii=False))
        return 0
    streams.say("\n".join(_said(found)) if write else found["snippet"])
    for note in found["notes"]:
        streams.note(f"note: {note}")
    if not write:
        streams.note(f"next: put it into {found['file']}, or let --write do it")
    return 0


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A server in a client's file."""

    client: Client
    server: Launch
    file: Path
    in_project: bool

    def facts(self) -> dict[str, Any]:
        """What would be written, and where."""
        return {
            "client": self.client.name,
            "name": self.server.name,
            "file": str(self.file),
            "format": self.client.format.value,
            "entry": entry(self.client, self.server),
            "snippet": snippet(self.client, self.server),
            "environment": _environment(self.server),
            "notes": notes(self.client, self.server, in_project=self.in_project),
        }

    def written(self, *, replaces: bool) -> dict[str, Any]:
        """The same, and what became of it."""
        source = open_config(self.file)
        merged = merge(source, self.client, self.server, replaces=replaces)
        backup = None if merged.change is Change.THERE else save(source, merged.text)
        kept = None if backup is None else str(backup)
        return {**self.facts(), "change": merged.change.value, "backup": kept}


def _said(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['file']}: {found['name']} {found['change']}"
    if found["backup"]:
        yield f"{found['backup']}: what was there before"


def _environment(server: Launch) -> list[str]:
    if isinstance(server, Http):
        return [server.key] if server.key else []
    return list(server.env)


def _known(name: str) -> Client:
    if name in CLIENTS:
        return CLIENTS[name]
    meant = closest(name, CLIENTS)
    hint = f'Did you mean "{meant}"?' if meant else f"Clients: {', '.join(CLIENTS)}."
    raise UsageError(f"there is no client {name!r}", hint=hint)


def _server(file: Path | None, name: str | None, http: str | None, key: str) -> Launch:
    if http is None:
        return local(find(Path.cwd()) if file is None else file, name, os.environ)
    if file is not None:
        raise UsageError("--http is a server that runs already, --file one that is to be started")
    return remote(http, server_name(name, {}), key)


def _place(client: Client, config: Path | None, *, project: bool) -> Path:
    if config is not None:
        return config.absolute()
    if not project:
        return client.user_file(os.environ)
    file = client.project_file(Path.cwd())
    if file is None:
        raise UsageError(f"{client.title} has no file for a project", hint="Leave out --project.")
    return file


def _list(*, as_json: bool) -> int:
    found = [
        {
            "name": one.name,
            "title": one.title,
            "file": str(one.user_file(os.environ)),
            "project_file": one.project_files[0] if one.project_files else None,
            "http": one.http is not None,
            "source": one.source,
        }
        for one in CLIENTS.values()
    ]
    lines = (f"{one['name']:<15} {one['title']:<15} {one['file']}" for one in found)
    streams.say(json.dumps(found, indent=2) if as_json else "\n".join(lines))
    return 0
