"""What a client's file says of one server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from handrail.errors import UsageError
from handrail.scaffold.clients import toml, yaml
from handrail.scaffold.clients.client import Client, Format, Slot, Template
from handrail.scaffold.clients.launch import Http, Launch, Stdio


def entry(client: Client, server: Launch) -> dict[str, Any]:
    """The entry of a server, as data. Raises `UsageError` when the client can hold no such."""
    template = client.stdio if isinstance(server, Stdio) else client.http
    if template is None:
        raise UsageError(
            f"{client.title} starts servers by its file, and reaches none that run already",
            hint="Leave out --http, or add a connector in its own settings.",
        )
    _refuse_variables(client, server)
    return _filled(template, _slots(client, server))


def snippet(client: Client, server: Launch) -> str:
    """A whole file of the client's with this server in it and nothing else."""
    document: dict[str, Any] = {server.name: entry(client, server)}
    for key in reversed(client.keys):
        document = {key: document}
    return written(client.format, document)


def written(format: Format, document: Mapping[str, Any]) -> str:
    """A new file that says `document`."""
    match format:
        case Format.JSON | Format.JSONC:
            return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        case Format.TOML:
            return toml.dumps(document)
        case Format.YAML:
            return yaml.dumps(document)


def _slots(client: Client, server: Launch) -> dict[Slot, Any]:
    """What stands in each slot; nothing where there is nothing to say."""
    if isinstance(server, Http):
        return {
            Slot.NAME: server.name,
            Slot.URL: server.url,
            Slot.BEARER: f"Bearer {_refer(client, server.key)}" if server.key else None,
            Slot.KEY_NAME: server.key,
            Slot.KEY_NAMES: [server.key] if server.key else None,
        }
    return {
        Slot.NAME: server.name,
        Slot.COMMAND: server.command,
        Slot.ARGS: list(server.args),
        Slot.COMMAND_LINE: [server.command, *server.args],
        Slot.ENV: {name: _refer(client, name) for name in server.env},
        Slot.ENV_NAMES: list(server.env),
    }


def _refuse_variables(client: Client, server: Launch) -> None:
    """Text that the client would take for a variable is not what we mean."""
    words = (server.url,) if isinstance(server, Http) else (server.command, *server.args)
    sign = "{" if client.reference == "{{env:{}}}" else "$"
    for word in words if client.reference else ():
        if sign in word:
            raise UsageError(
                f"{client.title} would read a variable into {word!r}",
                hint=f"Use a path or a URL without {sign!r}.",
            )


def _refer(client: Client, name: str) -> str:
    return (client.reference or "{}").format(name)


def _filled(template: Template, slots: Mapping[Slot, Any]) -> dict[str, Any]:
    filled = {key: _value(value, slots) for key, value in template.items()}
    return {key: value for key, value in filled.items() if value not in (None, [], {})}


def _value(value: object, slots: Mapping[Slot, Any]) -> Any:
    if isinstance(value, Slot):
        return slots[value]
    return _filled(value, slots) if isinstance(value, Mapping) else value
