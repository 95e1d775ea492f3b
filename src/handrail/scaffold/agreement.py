"""Answers that cannot all be meant: each may be right by itself."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from handrail.diagnostic import Finding, Key
from handrail.errors import UsageError
from handrail.scaffold.answer_shapes import credential, variable
from handrail.scaffold.draft import Draft
from handrail.scaffold.drafts import (
    changed_by_tool,
    changed_by_use,
    draft_of,
    is_within,
)
from handrail.scaffold.network import example_hosts, needs_network

_STATES = {"memory": "none", "sqlite": "disk"}
"""What each store is called among the answers; any other one is the URL of a Redis."""
_PASSWORD = re.compile(r"[a-z]+://[^/?#@]*:[^/?#@$][^/?#]*@")
"""A URL with a password in it, that is no variable."""
_JWT = 'Write [auth.jwt] with issuer, audience and jwks instead of auth = "jwt".'


def contradictions(data: Mapping[str, Any]) -> list[Finding]:
    """What does not go together, of answers that have the right shapes."""
    drafts, found = _drafts(data)
    found += _changes(data, drafts)
    found += _state(data)
    found += _callers(data)
    found += _hosts(data, drafts)
    found += _variables(data, drafts)
    found += _deny(data)
    return found


def _wrong(at: tuple[Key, ...], message: str, hint: str | None = None) -> Finding:
    return Finding(at, "E102", message, hint)


def _drafts(data: Mapping[str, Any]) -> tuple[dict[int, Draft], list[Finding]]:
    """The tools that commands become, by their numbers; and what is wrong with the others."""
    drafts: dict[int, Draft] = {}
    found: list[Finding] = []
    for number, command in enumerate(data.get("commands", ())):
        try:
            drafts[number] = draft_of(command)
        except UsageError as refused:
            found.append(
                _wrong(("commands", number), f"commands[{number}]: {refused.message}", refused.hint)
            )
    return drafts, found


def _changes(data: Mapping[str, Any], drafts: Mapping[int, Draft]) -> Iterator[Finding]:
    """Tools that change more than tools may."""
    allowed = data.get("changes")
    if allowed is None:
        return
    hint = f'Leave it out, or allow more than changes = "{allowed}".'
    changed: list[tuple[tuple[Key, ...], str, str]] = [
        (("use", number), f'pack "{entry}"', changed_by_use(entry))
        for number, entry in enumerate(data.get("use", ()))
    ]
    changed += [
        (("commands", number), f'"{data["commands"][number]}"', changed_by_tool(draft.tool))
        for number, draft in drafts.items()
    ]
    changed += [
        (("tool", number, "effect"), f'tool "{tool.get("name")}"', changed_by_tool(tool))
        for number, tool in enumerate(data.get("tool", ()))
    ]
    for at, what, change in changed:
        if not is_within(change, allowed):
            words = "more than files" if allowed == "files" else "things"
            yield _wrong(at, f'{what} changes {words}, and changes = "{allowed}"', hint)


def _state(data: Mapping[str, Any]) -> Iterator[Finding]:
    state, store = data.get("state"), data.get("access", {}).get("store")
    if store is not None and _PASSWORD.match(store):
        hint = 'Write store = "${REDIS_URL}", and set that variable for the server.'
        message = "access.store: a password has no place in a file"
        yield _wrong(("access", "store"), message, hint)
    if state is None or isinstance(state, dict):
        return
    if store is not None and state != _STATES.get(store, "redis"):
        message = f'access.store is not what state = "{state}" says'
        yield _wrong(("access", "store"), message, "Leave out one of them.")
    if state == "none" and "audit" in data:
        yield _wrong(("audit",), 'the audit is kept on the disk, and state = "none"')


def _callers(data: Mapping[str, Any]) -> Iterator[Finding]:
    auth, runs = data.get("auth"), data.get("runs")
    if auth == "jwt":
        yield _wrong(("auth",), "auth: tokens need to be told from others", _JWT)
    if auth == "none" and runs in ("docker", "kubernetes"):
        hint = 'Write auth = "keys", or runs = "stdio".'
        yield _wrong(("auth",), f'auth = "none" where runs = "{runs}": anybody could call', hint)
    elif auth == "none" and data.get("http", {}).get("hosts"):
        message = 'auth = "none", and [http] names hosts that others reach it by'
        yield _wrong(("auth",), message, 'Write auth = "keys", or leave out http.hosts.')
    if runs == "stdio" and "http" in data:
        yield _wrong(("runs",), 'runs = "stdio", and there is [http]', 'Write runs = "http".')


def _hosts(data: Mapping[str, Any], drafts: Mapping[int, Draft]) -> Iterator[Finding]:
    if data.get("hosts") and not any(map(needs_network, drafts.values())):
        hint = "Leave it out, or add a command that uses the network."
        yield _wrong(("hosts",), "hosts: no command reaches any host", hint)
    for number, draft in drafts.items():
        for host in example_hosts(draft) if data.get("hosts") else ():
            if host not in data["hosts"]:
                message = f"commands[{number}] reaches {host}, which hosts does not name"
                yield _wrong(("commands", number), message)


def _variables(data: Mapping[str, Any], drafts: Mapping[int, Draft]) -> Iterator[Finding]:
    """Variables that nobody takes, or that are there twice."""
    # Where tools may change things, the folder may bring commands.
    found = "commands" not in data and data.get("changes", "nothing") != "nothing"
    first = {name: f"secrets.{name}" for name in data.get("secrets", {})}
    named: list[tuple[tuple[Key, ...], str]] = []
    for key, read in (("environment", variable), ("credentials", credential)):
        entries = data.get(key, ())
        named += [((key, number), read(text)[0]) for number, text in enumerate(entries)]
        if entries and not drafts and not data.get("commands") and not found:
            yield _wrong((key,), f"{key}: there are no commands that would take it")
    for at, name in named:
        if name in first:
            yield Finding(at, "E107", f'"{name}" is given twice; the first is {first[name]}')
        first.setdefault(name, f"{at[0]}[{at[1]}]")


def _deny(data: Mapping[str, Any]) -> Iterator[Finding]:
    for number, command in enumerate(data.get("deny", ())):
        try:
            shlex.split(command)
        except ValueError as wrong:
            yield _wrong(("deny", number), f"deny[{number}]: {str(wrong).lower()}")
