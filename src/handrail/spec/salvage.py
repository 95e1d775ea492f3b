"""What can still be understood of a file that has mistakes, so that its others are told too."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from handrail.spec.diagnostic import Finding, Key, Severity
from handrail.spec.keys import known_keys
from handrail.spec.problems import problems
from handrail.spec.server import ServerSpec
from handrail.spec.suggest import closest

_TOOL = {"name": "unnamed", "description": "-", "program": "-"}
_RESOLVED = frozenset({"E204", "E301", "E310", "E501", "E502", "E503"})
"""Findings about a name that means nothing: true whatever the param behind another name is."""


@dataclass(frozen=True, slots=True)
class Salvage:
    """A spec without the mistakes, and the places where it says less than the file."""

    spec: ServerSpec
    doubtful: frozenset[tuple[Key, ...]]

    def believe(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings that will still be true when the mistakes are corrected."""
        half_known = {at[:2] for at in self.doubtful if at[2:3] == ("params",)}
        for finding in findings:
            known = finding.at[:2] not in half_known or finding.code in _RESOLVED
            if finding.severity is Severity.ERROR and known and not self._doubts(finding.at):
                yield finding

    def _doubts(self, at: tuple[Key, ...]) -> bool:
        return any(at[:length] in self.doubtful for length in range(1, len(at) + 1))


def salvage(data: dict[str, Any], found: list[Finding]) -> Salvage | None:
    """What is left of `data` without what `found` says is wrong; None for nothing."""
    doubtful: set[tuple[Key, ...]] = set()
    for _ in range(3):
        data = mend(data, found)
        doubtful.update(_doubtful(finding) for finding in found)
        try:
            spec = ServerSpec.model_validate_json(json.dumps(data))
        except ValidationError as refused:
            # A key that was taken for another brings mistakes of its own to light.
            found = problems(data, refused)
        else:
            return Salvage(spec, frozenset(doubtful))
    return None


def mend(data: dict[str, Any], found: Iterable[Finding]) -> dict[str, Any]:
    """A copy of `data` without what is wrong, or with a harmless value in its place."""
    mended = copy.deepcopy(data)
    for finding in found:
        _mend(mended, finding)
    return mended


def _doubtful(finding: Finding) -> tuple[Key, ...]:
    match finding.at:
        case ("tool", int(), "params" | "example" | "args", *_):
            return finding.at[:4]
        case at:
            return at


def _mend(data: dict[str, Any], finding: Finding) -> None:
    match finding.at:
        case (*parents, key) if finding.code == "E101":
            _rename(_reach(data, parents), str(key), known_keys(tuple(parents)))
        case at if finding.on_key:
            _cut(data, at)
        case ("tool", int(index), *inside):
            _mend_tool(data["tool"], index, tuple(inside))
        case ("programs", str(name), *_) if isinstance(data["programs"], dict):
            data["programs"][name] = {}
        case ("secrets", str(name), *_) if isinstance(data["secrets"], dict):
            data["secrets"][name] = {"env": "UNKNOWN"}
        case ("config_version",):
            data["config_version"] = 1
        case at:
            _cut(data, at[:2])


def _mend_tool(tools: Any, index: int, inside: tuple[Key, ...]) -> None:
    match inside:
        case ():
            tools[index] = dict(_TOOL)
        case (str(name),) if name in _TOOL:
            tools[index][name] = _TOOL[name]
        case ("args", int(item), *_):
            tools[index]["args"][item] = ""
        case ("params", str(name), *_):
            tools[index]["params"][name] = {}
        case ("example", int(item), *_):
            tools[index]["example"][item] = {}
        case ("env", str(name), *_):
            tools[index]["env"][name] = ""
        case _:
            _cut(tools[index], inside[:1])


def _cut(table: dict[str, Any], at: tuple[Key, ...]) -> None:
    """Remove what is at `at`, or the nearest table around it."""
    parent = _reach(table, list(at[:-1]))
    if isinstance(parent, dict):
        parent.pop(str(at[-1]), None)
    else:
        _cut(table, at[:-1])


def _rename(table: Any, key: str, known: tuple[str, ...]) -> None:
    """Take an unknown key for the one that was probably meant."""
    if not isinstance(table, dict):
        return
    value = table.pop(key, None)
    meant = closest(key, set(known) - {key})
    if meant is not None and meant not in table:
        table[meant] = value


def _reach(data: Any, at: list[Key]) -> Any:
    for step in at:
        if not isinstance(data, dict | list):
            return None
        try:
            data = data[step]  # type: ignore[index]  # the step fits, or the path leads nowhere
        except (KeyError, IndexError, TypeError):
            return None
    return data
