"""Answers become the text of a server file."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from handrail.scaffold.answer_shapes import credential, is_own, variable
from handrail.scaffold.answers import Answers
from handrail.scaffold.draft import Draft
from handrail.scaffold.drafts import needs_network
from handrail.scaffold.settled import REDIS_URL, Settled
from handrail.scaffold.surroundings import Surroundings
from handrail.scaffold.toml_text import rendered

KEY_FILE = ".handrail/keys.json"
AUDIT_FILE = ".handrail/audit.jsonl"
OPS_ADDRESS = "127.0.0.1:9464"


@dataclass(frozen=True, slots=True)
class Composition:
    """A server file that is not written yet."""

    text: str
    """The file; TOML."""
    notes: tuple[str, ...]
    """What its author should know: a sentence each."""


def composed(answers: Answers, surroundings: Surroundings) -> Composition:
    """The server file that the answers ask for; what they leave open takes its default."""
    settled = Settled(answers, surroundings)
    data = _merged(dict(_tables(settled)), _passed_through(answers))
    text = rendered(data, _comments(settled))
    drafts = [_with_needs(draft, settled) for draft in settled.drafts]
    drafts += [Draft(tool) for tool in answers.data.get("tool", ())]
    if drafts:
        from handrail.scaffold.insert import inserted

        text = inserted(text, drafts)
    return Composition(text, tuple(_notes(settled)))


def _tables(settled: Settled) -> Iterator[tuple[str, Any]]:
    """What the answers stand for, as the server file says it."""
    yield "config_version", 1
    yield "use", settled.use
    yield "server", {"name": settled.name, "instructions": settled.instructions}
    yield "workspace", {"root": settled.root}
    if secrets := dict(_secrets(settled)):
        yield "secrets", secrets
    yield "confinement", {"require": settled.require}
    if settled.auth == "keys":
        yield "auth", {"keys": KEY_FILE}
    if access := dict(_access(settled)):
        yield "access", access
    if settled.state != "none":
        yield "audit", {"file": AUDIT_FILE}
    yield "limits", settled.limits
    if settled.runs != "stdio":
        yield "telemetry", {"ops": OPS_ADDRESS}
    if settled.deny:
        yield "rule", [_denied(command) for command in settled.deny]


def _secrets(settled: Settled) -> Iterator[tuple[str, dict[str, str]]]:
    for text in settled.environment:
        name, value = variable(text)
        if value is None:
            yield name, {"env": name}
    for text in settled.credentials:
        name, file = credential(text)
        yield name, {"env": name} if file is None else {"file": file}


def _access(settled: Settled) -> Iterator[tuple[str, Any]]:
    if settled.state != "none":
        yield "store", "sqlite" if settled.state == "disk" else REDIS_URL
    if settled.auth != "none":
        yield "roles", {"reader": {"tools": ["read_*"]}, "developer": {"tools": ["*"]}}


def _denied(command: str) -> dict[str, Any]:
    return {
        "argv": shlex.split(command),
        "decision": "deny",
        "reason": "The author of this server keeps this to people.",
    }


def _passed_through(answers: Answers) -> dict[str, Any]:
    data = answers.data
    return {k: v for k, v in data.items() if not is_own(k, v) and k != "tool"}


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            merged[key] = _merged(under, value)
        elif key == "rule":
            merged[key] = [*value, *merged.get("rule", [])]
        else:
            merged[key] = value
    return merged


def _with_needs(draft: Draft, settled: Settled) -> Draft:
    """The draft with the variables, and the network, that its command needs."""
    env = dict(draft.tool.get("env", {}))
    for text in settled.environment:
        name, value = variable(text)
        env[name] = {"secret": name} if value is None else value
    env |= {name: {"secret": name} for name, _ in map(credential, settled.credentials)}
    tool = {**draft.tool, **({"env": env} if env else {})}
    if needs_network(draft):
        tool["network"] = bool(settled.hosts)
    return replace(draft, tool=tool)


def _comments(settled: Settled) -> dict[str, str]:
    return {"": "Made by handrail new. handrail check tells what is wrong with it."}


def _notes(settled: Settled) -> Iterator[str]:
    for draft in settled.drafts:
        yield from (f"{draft.name}: {note}" for note in draft.notes)
