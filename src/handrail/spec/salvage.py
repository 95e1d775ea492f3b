"""What can still be understood of a file that has mistakes, so that its others are told too."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from handrail.diagnostic import Finding, Key, Severity
from handrail.spec.keys import known_keys
from handrail.spec.problems import problems
from handrail.spec.server import ServerSpec
from handrail.spec.suggest import closest

_TOOL = {"name": "unnamed", "description": "-", "program": "-"}
_ENTRIES: dict[str, dict[str, str]] = {
    "programs": {},
    "secrets": {"env": "UNKNOWN"},
    "rule": {"decision": "allow"},
}
_TOP = {"config_version": 1}
_RESOLVED = frozenset({"E204", "E301", "E310", "E501", "E502", "E503"})
"""Findings about a name that means nothing: true whatever the param behind another name is."""

_OF_PACKS = frozenset({"E503", "E703", "E704", "E705"})
"""Findings about a name that a pack may bring."""


@dataclass(frozen=True, slots=True)
class Salvage:
    """A spec without the mistakes, and the places where it says less than the file."""

    spec: ServerSpec
    doubtful: frozenset[tuple[Key, ...]]

    def believe(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings that will still be true when the mistakes are corrected."""
        half_known = {at[:2] for at in self.doubtful if at[2:3] == ("params",)}
        packs_known = not any(at[0] == "use" for at in self.doubtful)
        for finding in findings:
            known = finding.at[:2] not in half_known or finding.code in _RESOLVED
            known = known and (packs_known or finding.code not in _OF_PACKS)
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
        case ("rule", int(), *_):
            return finding.at[:2]
        case at:
            return at


def _mend(data: dict[str, Any], finding: Finding) -> None:
    *parents, key = at = finding.at
    if finding.code == "E101":
        _rename(_reach(data, at[:-1]), str(key), known_keys(tuple(parents)))
    elif finding.on_key:
        _cut(data, at)
    else:
        place, value = _harmless(at)
        if value is None or not _put(data, place, value):
            _cut(data, place)


def _harmless(at: tuple[Key, ...]) -> tuple[tuple[Key, ...], object | None]:
    """What to replace around `at`, and by what; None for nothing at all."""
    match at:
        case ("tool", int()):
            return at, dict(_TOOL)
        case ("tool", int(), str(name)) if name in _TOOL:
            return at, _TOOL[name]
        case ("tool", int(), "args" | "env", _, *_):
            return at[:4], ""
        case ("tool", int(), "params" | "example", _, *_):
            return at[:4], {}
        case ("tool", *_):
            return at[:3], None
        case _:
            return at[:2], _ENTRIES.get(str(at[0])) if len(at) > 1 else _TOP.get(str(at[0]))


def _put(data: dict[str, Any], at: tuple[Key, ...], value: object) -> bool:
    parent: Any = _reach(data, at[:-1])
    key = at[-1]
    fits = isinstance(parent, dict) or (
        isinstance(parent, list) and isinstance(key, int) and key < len(parent)
    )
    if fits:
        parent[key] = copy.deepcopy(value)
    return fits


def _cut(data: dict[str, Any], at: tuple[Key, ...]) -> None:
    """Remove what is at `at`, or the nearest table around it."""
    for length in range(len(at), 0, -1):
        parent = _reach(data, at[: length - 1])
        if isinstance(parent, dict):
            parent.pop(at[length - 1], None)
            return


def _rename(table: object, key: str, known: tuple[str, ...]) -> None:
    """Take an unknown key for the one that was probably meant."""
    if not isinstance(table, dict):
        return
    value = table.pop(key, None)
    meant = closest(key, set(known) - {key})
    if meant is not None and meant not in table:
        table[meant] = value


def _reach(data: Any, at: tuple[Key, ...]) -> object:
    for step in at:
        fits = isinstance(data, dict) or (isinstance(data, list) and isinstance(step, int))
        if not fits:
            return None
        try:
            data = data[step]
        except (KeyError, IndexError):
            return None
    return data
