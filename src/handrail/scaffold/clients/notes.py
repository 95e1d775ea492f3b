"""What a user should know of an entry, beside what it says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handrail.scaffold.clients.client import Client, Slot
from handrail.scaffold.clients.launch import Http, Launch, Stdio
from handrail.scaffold.clients.remote import is_readable_by_others

_OF_ENV = (Slot.ENV, Slot.ENV_NAMES)


def notes(client: Client, server: Launch, *, in_project: bool) -> list[str]:
    """Sentences, the most important first."""
    if isinstance(server, Http):
        return [*_of_http(client, server), *client.http_notes, *client.notes]
    return [*_of_stdio(client, server, in_project=in_project), *client.notes]


def _of_stdio(client: Client, server: Stdio, *, in_project: bool) -> Iterator[str]:
    names = _list(server.env)
    if names and _passes_on(client):
        yield f"The server needs {names} in the environment that {client.title} is started with."
    elif names:
        yield (
            f"The server needs {names}, and {client.title} passes little of its environment "
            'on: add "env" with the values to the entry yourself.'
        )
    if in_project:
        yield "The paths in the entry are those of this machine."


def _of_http(client: Client, server: Http) -> Iterator[str]:
    if server.key and not client.http_notes:
        yield f"Put the caller's key into {server.key} where {client.title} is started."
    if server.key and is_readable_by_others(server):
        yield "The key travels unencrypted: use https."


def _passes_on(client: Client) -> bool:
    """Whether the server gets variables that the entry does not give values to."""
    return client.passes_all or any(one in _OF_ENV for one in client.stdio.values())


def _list(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
