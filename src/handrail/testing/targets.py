"""The params of a project's tools, to try values at, and the examples that lead there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from handrail.project.project import Project
from handrail.project.tool_tables import Example, Param


@dataclass(frozen=True, slots=True)
class Target:
    """One param of a tool, and arguments that the tool takes beside it."""

    tool: str
    param: str
    repeated: bool
    others: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.tool}-{self.param}"

    def arguments(self, value: str) -> dict[str, Any]:
        """The arguments of a call with `value` there; in a list where the param is one."""
        return {**self.others, self.param: [value] if self.repeated else value}


def targets(project: Project, kind: str) -> list[Target]:
    """Every param of this type (`"string"`, `"path"`) that takes values of the caller's own."""
    return [
        Target(module.TOOL["name"], name, param.get("repeat", False), _arguments(module.TOOL))
        for module in project.tools
        for name, param in _params(module.TOOL).items()
        if param.get("type", "string") == kind and "choices" not in param
    ]


def examples(project: Project) -> Iterator[tuple[str, str, Example]]:
    """Every example: its name, its tool's, and what it says."""
    for module in project.tools:
        name = module.TOOL["name"]
        for number, example in enumerate(module.TOOL.get("example", ()), start=1):
            yield f"{name}-{number}", name, example


def _params(tool: Mapping[str, Any]) -> Mapping[str, Param]:
    found: Mapping[str, Param] = tool.get("params", {})
    return found


def _arguments(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    """Those of its first example."""
    first: Mapping[str, Any] = next(iter(tool.get("example", ())), {})
    return dict(first.get("args", {}))
