"""Tools of a gen-mcp file: commands with `{places}`, which bash runs there, and requests."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from handrail.diagnostic import Finding
from handrail.errors import SpecError
from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.files import chosen, document
from handrail.scaffold.imports.found import Found, translated, wanted
from handrail.scaffold.imports.genmcp_request import request
from handrail.scaffold.imports.schema import param_of
from handrail.scaffold.imports.shell_line import NotPlain
from handrail.scaffold.imports.shell_tool import ShellTool, mark
from handrail.scaffold.imports.wording import cleaned

_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_SLOT = re.compile(r"\{([A-Za-z_][\w.-]*)\}")


def drafts(where: str, only: Sequence[str]) -> Found:
    """Drafts for the tools of the file at `where`; a note for each that needs a shell."""
    read = document(chosen(where, "mcpfile.yaml"))
    tools = read.data.get("tools")
    if not isinstance(tools, list):
        message = "tools: must be a list of tools; is it a file of gen-mcp?"
        raise SpecError(read.locate([Finding(("tools",), "E102", message)]))
    named = {str(one.get("name", "")): one for one in tools if isinstance(one, dict)}
    found, notes = wanted(named, only, "tool")
    return translated(found, _draft, notes)


def _draft(name: str, said: Mapping[str, Any]) -> Draft:
    invocation = _table(said.get("invocation"))
    cli, http = _table(invocation.get("cli")), _table(invocation.get("http"))
    params = _params(_table(said.get("inputSchema")))
    about = said.get("description") or said.get("title")
    if http:
        return request(name, about, http, params)
    if not cli:
        kind = cleaned(next(iter(invocation), "nothing"), 40)
        raise NotPlain(f"it is neither a command nor a request ({kind})")
    switches: dict[str, str] = {}
    variables = _table(cli.get("templateVariables"))
    scopes = ["It asked for scopes; say `requires` with roles of yours."]
    return ShellTool(
        name=name,
        about=about,
        command=_marked(str(cli.get("command", "")), variables, switches),
        params=params,
        switches=switches,
        notes=scopes if said.get("requiredScopes") else [],
    ).draft()


def _params(schema: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    needed = schema.get("required")
    required = needed if isinstance(needed, list) else []
    found: dict[str, dict[str, Any]] = {}
    for name, one in _table(schema.get("properties")).items():
        param = param_of(_table(one))
        is_needed = name in required and "default" not in param
        found[name] = {**param, **({"required": True} if is_needed else {})}
    return found


def _marked(command: str, variables: Mapping[str, Any], switches: dict[str, str]) -> str:
    """The command with a mark for each place, and what it is formatted as around that."""

    def replaced(slot: re.Match[str]) -> str:
        said = _table(variables.get(slot[1]))
        name, text = str(said.get("property", slot[1])), str(said.get("format", "{}"))
        if not _NAME.fullmatch(name):
            raise NotPlain("a param of it has no usable name")
        if said.get("omitIfFalse") is True and not _SLOT.search(text):
            switches[name] = text
            return mark(name)
        # In the format, the place goes by the variable's name or by the param's.
        return _SLOT.sub(lambda _: mark(name), text) if "format" in said else mark(name)

    return _SLOT.sub(replaced, command)


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
