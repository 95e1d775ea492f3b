"""Whole objects with good defaults, so that a test names only what it is about."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from handrail.plan.access import Access
from handrail.plan.environment import BASE
from handrail.plan.host import Host
from handrail.plan.limits import Limits
from handrail.plan.plan import Plan, build_plan
from handrail.plan.program import Program
from handrail.plan.runtime import runtime_of
from handrail.plan.stage import Stage
from handrail.process.zygote.kernel import landlock_version
from handrail.sandbox.confine import ConfinedPlan, confine
from handrail.sandbox.means import Means
from handrail.spec.rule import RuleSpec
from handrail.spec.server import ServerSpec, Tier
from handrail.spec.tool import CommandSpec, Effect, FreeSpec, ToolSpec

RLIMITS = Means(Tier.RLIMITS, os.uname().machine, landlock_version())
"""A machine that has only limits to confine with; commands run as whoever runs the tests."""
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"


def tool(*args: Any, **keys: Any) -> CommandSpec:
    """A tool that runs `echo`, as the file would declare it: `tool("{a}", params={"a": {}})`."""
    declared = {"name": "t", "description": "A tool.", "program": "echo", "args": args, **keys}
    return CommandSpec.model_validate_json(json.dumps(declared))


def free_tool(*programs: str, **keys: Any) -> FreeSpec:
    """A tool whose caller gives argv, as the file would declare it."""
    declared = {"name": "run", "description": "Run a program.", "programs": programs, **keys}
    return FreeSpec.model_validate_json(json.dumps(declared))


def server(*tools: ToolSpec, **tables: Any) -> ServerSpec:
    """A server file with these tools: `server(t, limits={"timeout": "1s"})`."""
    spec = ServerSpec.model_validate_json(json.dumps({"config_version": 1, **tables}))
    return spec.model_copy(update={"tools": tools})


def rule(decision: str, *argv: Any, **keys: Any) -> RuleSpec:
    """A rule, as the file would declare it: `rule("deny", "git", "push", has=["--force"])`."""
    declared = {"decision": decision, **({"argv": argv} if argv else {}), **keys}
    return RuleSpec.model_validate_json(json.dumps(declared))


def host(
    workspace: Path = Path("/"),
    *,
    programs: Mapping[str, Path] | None = None,
    secrets: Mapping[str, str] | None = None,
    **others: Any,
) -> Host:
    """A machine with `echo`, this workspace and the server file in it, and no other user."""
    found = programs if programs is not None else {"echo": Path("/bin/echo")}
    fields: dict[str, Any] = {
        "file": workspace / "handrail.toml",
        "workspace": workspace,
        "state": workspace / ".handrail",
        "programs": MappingProxyType({name: Program.at(name, at) for name, at in found.items()}),
        "runtimes": MappingProxyType({name: runtime_of(at) for name, at in found.items()}),
        "user": None,
        "secrets": MappingProxyType(dict(secrets or {})),
    }
    return Host(**{**fields, **others})


def planned(
    tool: ToolSpec, arguments: Mapping[str, object] | None = None, on: Host | None = None
) -> Plan:
    """What a call of `tool` would do."""
    return build_plan(server(tool), tool, arguments or {}, on or host())


def limits(**changes: Any) -> Limits:
    """Bounds that no honest test reaches."""
    bounds = {
        "wall_seconds": 30.0,
        "memory_bytes": 1 << 30,
        "cpu_seconds": None,
        "pids": 100,
        "file_bytes": 1 << 30,
        "open_files": 1024,
        "output_bytes": 65_536,
        "spool_bytes": 1 << 28,
    }
    return Limits(**{**bounds, **changes})


def plan(*argv: str, **changes: Any) -> Plan:
    """A plan to run `argv`; bounds and fields by name: `plan("/bin/true", wall_seconds=1)`."""
    bounds = {name: changes.pop(name) for name in Limits.__slots__ if name in changes}
    fields: dict[str, Any] = {
        "tool": "t",
        "stages": (Stage(Program.at(Path(argv[0]).name, Path(argv[0])), argv),),
        "cwd": Path("/"),
        "workspace": Path("/"),
        "access": Access(readable=(), executable=(), writable=(), kept=(), hidden=()),
        "env": MappingProxyType({**BASE, "PATH": SYSTEM_PATH}),
        "stdin": None,
        "limits": limits(**bounds),
        "effect": Effect.READ,
        "approval": False,
        "network": False,
        "hidden": (),
    }
    return Plan(**{**fields, **changes})


def confined(*argv: str, **changes: Any) -> ConfinedPlan:
    """The same, confined by resource limits."""
    return confine(plan(*argv, **changes), RLIMITS)


def sh(script: str, **changes: Any) -> ConfinedPlan:
    """A confined plan for `/bin/sh -c script`."""
    return confined("/bin/sh", "-c", script, **changes)
