"""What answers stand for, as the tables of a server file."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from handrail.scaffold.answer_shapes import credential, variable
from handrail.scaffold.settled import REDIS_URL, Settled
from handrail.spec.packs import pack
from handrail.spec.tool import Effect
from handrail.spec.use import split

KEY_FILE = ".handrail/keys.json"
AUDIT_FILE = ".handrail/audit.jsonl"
OPS_ADDRESS = "127.0.0.1:9464"


def tables(settled: Settled) -> dict[str, Any]:
    """The top of the file and its tables, but for the tools."""
    return {key: value for key, value in _tables(settled) if value not in ({}, [])}


def _tables(settled: Settled) -> Iterator[tuple[str, Any]]:
    yield "config_version", 1
    yield "use", settled.use
    yield "server", {"name": settled.name, "instructions": settled.instructions}
    yield "workspace", {"root": settled.root}
    # Where readers look for them; the tools themselves come last.
    yield (
        "programs",
        {name: one for draft in settled.drafts for name, one in draft.programs.items()},
    )
    yield "secrets", dict(_secrets(settled))
    yield "confinement", {"require": settled.require}
    if settled.auth == "keys":
        yield "auth", {"keys": KEY_FILE}
    yield "access", dict(_access(settled))
    if settled.state != "none":
        yield "audit", {"file": AUDIT_FILE}
    yield "limits", settled.limits
    if settled.runs == "http":
        yield "telemetry", {"ops": OPS_ADDRESS}
    yield "rule", [_denied(command) for command in settled.deny]


def _secrets(settled: Settled) -> Iterator[tuple[str, dict[str, str]]]:
    for name, value in map(variable, settled.environment):
        if value is None:
            yield name, {"env": name}
    for name, file in map(credential, settled.credentials):
        yield name, {"env": name} if file is None else {"file": file}


def _access(settled: Settled) -> Iterator[tuple[str, Any]]:
    if settled.state != "none":
        yield "store", "sqlite" if settled.state == "disk" else REDIS_URL
    roles = settled.answers.said("access.roles")
    if settled.auth != "none" and roles is None:
        yield "roles", {"reader": {"tools": _reading(settled)}, "developer": {"tools": ["*"]}}


def _reading(settled: Settled) -> list[str]:
    """The tools that only read, by name: a tool that is added later is not among them."""
    named: list[Any] = [one.tool for one in settled.drafts]
    named += settled.answers.data.get("tool", [])
    effects = {one["name"]: str(one.get("effect", "read")) for one in named if "program" in one}
    for entry in settled.use:
        name, _ = split(entry)
        for one in pack(name).tools:
            effects.setdefault(one.spec.name, one.spec.effect.value)
    return [name for name, effect in effects.items() if effect == Effect.READ]


def _denied(command: str) -> dict[str, Any]:
    argv = shlex.split(command)
    return {"argv": argv, "decision": "deny", "reason": "This is left to people.", "match": [argv]}
