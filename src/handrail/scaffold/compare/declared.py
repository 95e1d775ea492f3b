"""The tools of a server file as its clients will see them, and where the file says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from handrail.diagnostic import Finding, Key
from handrail.errors import SpecError
from handrail.mcp.hints import hints
from handrail.mcp.input_schema import arguments_schema
from handrail.mcp.output_schema import output_schema
from handrail.scaffold.compare.change import At, Spot
from handrail.scaffold.compare.listing import ListedTool, Listing, Terms
from handrail.spec.load import Reading
from handrail.spec.server import ServerSpec
from handrail.spec.tool import Effect, ToolSpec

_KEYS = {
    "enum": "choices",
    "minimum": "min",
    "maximum": "max",
    "maxLength": "max_length",
    "maxItems": "max_items",
    "pattern": "pattern",
    "default": "default",
    "description": "description",
    "type": "type",
}
"""What the schema calls the keys of a param."""
_HINTS = {"idempotentHint": "idempotent", "openWorldHint": "network"}


def declared(reading: Reading) -> Listing:
    """The listing of what was read. Raises `SpecError` when its shape is wrong."""
    spec = reading.spec
    if spec is None:
        raise SpecError(reading.diagnostics)
    tools = {tool.name: _listed(tool, spec) for tool in spec.tools}
    return Listing(str(reading.file), tools, declared=True, spot=_spots(reading, spec))


def _listed(tool: ToolSpec, spec: ServerSpec) -> ListedTool:
    return ListedTool(
        tool.name,
        tool.description,
        arguments_schema(tool),
        output_schema(tool),
        hints(tool),
        Terms(_asks(tool), frozenset(tool.requires), _permitted(tool, spec)),
    )


def _asks(tool: ToolSpec) -> bool:
    destroys = tool.effect is Effect.DESTRUCTIVE
    return tool.approval == "always" or (tool.approval is None and destroys)


def _permitted(tool: ToolSpec, spec: ServerSpec) -> frozenset[str] | None:
    roles = spec.access.roles
    permitted = frozenset(name for name, role in roles.items() if role.permits(tool.name))
    return permitted if roles else None


def _spots(reading: Reading, spec: ServerSpec) -> Callable[[str, At], Spot | None]:
    numbers: Mapping[str, int] = {tool.name: at for at, tool in enumerate(spec.tools)}

    def spot(name: str, at: At) -> Spot | None:
        if name not in numbers:
            return None
        finding = Finding(("tool", numbers[name], *_keys(at)), "", "")
        located = reading.locate([finding])
        return Spot(reading.file, located[0].place) if located else None

    return spot


def _keys(at: At) -> tuple[Key, ...]:
    """Where the file has what the schema has at a place, or would have it."""
    match at:
        case ("inputSchema", "properties", name, *rest):
            key = _KEYS.get(str(rest[-1])) if rest else None
            return ("params", name, key) if key else ("params", name)
        case ("inputSchema", *_):
            return ("params",)
        case ("outputSchema", *_):
            return ("parse",)
        case ("annotations", hint):
            return (_HINTS.get(str(hint), "effect"),)
        case _:
            return at
