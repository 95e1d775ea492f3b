"""Tools of an MCPShell file: commands in Go's templates, which a shell runs there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from handrail.diagnostic import Finding
from handrail.errors import SpecError
from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.constraints import applied
from handrail.scaffold.imports.files import chosen, document
from handrail.scaffold.imports.found import Found, translated, wanted
from handrail.scaffold.imports.schema import param_of
from handrail.scaffold.imports.shell_line import NotPlain
from handrail.scaffold.imports.shell_tool import ShellTool, mark
from handrail.scaffold.imports.wording import cleaned, listed
from handrail.spec.units import seconds

_SLOT = re.compile(r"\{\{-?\s*(?P<said>[^{}]*?)\s*-?\}\}")
_VALUE = re.compile(r"\.(?P<name>[A-Za-z_]\w*)")
_ENV = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<value>[^\x00-\x1f]*)")


def drafts(where: str, only: Sequence[str]) -> Found:
    """Drafts for the tools of the file at `where`; a note for each that needs a shell."""
    read = document(chosen(where, "mcpshell.yaml", "tools.yaml"))
    section = read.data.get("mcp")
    tools = section.get("tools") if isinstance(section, dict) else None
    if not isinstance(tools, list):
        message = "mcp.tools: must be a list of tools; is it a file of MCPShell?"
        raise SpecError(read.locate([Finding(("mcp", "tools"), "E102", message)]))
    named = {str(one.get("name", "")): one for one in tools if isinstance(one, dict)}
    found, notes = wanted(named, only, "tool")
    return translated(found, _draft, notes)


def _draft(name: str, said: Mapping[str, Any]) -> Draft:
    run = _table(said.get("run"))
    params, notes = _params(_table(said.get("params"))), []
    constraints = said.get("constraints")
    for one in constraints if isinstance(constraints, list) else []:
        if not applied(str(one), params):
            notes.append(
                f"Its constraint was lost: {cleaned(str(one), 120)}. Without it callers may give "
                "more than before."
            )
    keys, further = _keys(run)
    if "prefix" in _table(said.get("output")):
        further.append("The prefix of its output was left out.")
    command = _marked(str(run.get("command", "")))
    return ShellTool(
        name, said.get("description"), command, params, keys=keys, notes=[*notes, *further]
    ).draft()


def _params(said: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: _param(_table(one)) for name, one in said.items()}


def _param(said: Mapping[str, Any]) -> dict[str, Any]:
    param = param_of(said)
    required = said.get("required") is True and "default" not in param
    return {**param, **({"required": True} if required else {})}


def _marked(command: str) -> str:
    """The command with a mark for each `{{ .name }}`. Raises `NotPlain` for other templates."""

    def replaced(slot: re.Match[str]) -> str:
        value = _VALUE.fullmatch(slot["said"])
        if value is None:
            raise NotPlain(f'its template computes something: "{cleaned(slot["said"], 40)}"')
        return mark(value["name"])

    marked = _SLOT.sub(replaced, command)
    if "{{" in marked:
        raise NotPlain("its template is more than places for values")
    return marked


def _keys(run: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The keys of a tool that `run` has besides the command, and notes about the others."""
    keys: dict[str, Any] = {}
    notes: list[str] = []
    env = run.get("env")
    given = [str(one) for one in env] if isinstance(env, list) else []
    literals = [found for one in given if (found := _ENV.fullmatch(one)) and "{{" not in one]
    if literals:
        keys["env"] = {found["name"]: found["value"] for found in literals}
    if others := [one.partition("=")[0] for one in given if not _ENV.fullmatch(one) or "{{" in one]:
        notes.append(
            f"It got these of its server's environment: {listed(others)}. Declare what it needs "
            'in [secrets], and give it as env = { NAME = { secret = "NAME" } }.'
        )
    try:
        seconds(run.get("timeout"))
    except ValueError:
        pass
    else:
        keys["timeout"] = run["timeout"]
    return keys, notes


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
