"""A server file with the tools of its packs in it, and where each of them came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from handrail.diagnostic import Finding, Fix, Key

At = tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Who wrote an entry: the file's author (`own`, its number in the file), a pack, or both."""

    own: int | None = None
    pack: str | None = None
    entry: int = 0
    """The entry of `use` that brought it, by number, when a pack wrote it."""


class Entry(NamedTuple):
    """A tool, a rule or a program as declared, and by whom."""

    declared: Any
    origin: Origin


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a server file says together with its packs. `data` is what models read.

    Everything speaks of places in `data`; `told` turns them into those of the file.
    """

    written: Mapping[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    entries: Mapping[str, Sequence[Origin]] = field(default_factory=dict)
    """Of every tool and rule in `data`."""
    programs: Mapping[str, Origin] = field(default_factory=dict)
    """Of the programs that packs brought."""

    def packs(self) -> dict[str, str]:
        """The pack of every tool that is a pack's, or is laid over a pack's, by the tool's name."""
        tools = zip(self.data.get("tool", ()), self.entries.get("tool", ()), strict=False)
        return {tool["name"]: origin.pack for tool, origin in tools if origin.pack is not None}

    def told(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings at their places in the file; what only a pack says is at its `use`.

        Tools of one pack that have the same finding share it.
        """
        shared: dict[Finding, tuple[Origin, list[str]]] = {}
        for finding in findings:
            origin = self._origin(finding.at)
            if origin.pack is None or self._is_written(finding.at):
                yield self._moved(finding, origin)
            elif origin.own is not None and finding.at[2:3] == _ANSWERS:
                continue  # the file has done away with what the pack had an answer to
            elif origin.own is not None:
                words = _words(origin.pack, [self._tool(finding.at)])
                yield self._moved(replace(finding, message=f"{words}: {finding.message}"), origin)
            else:
                _, names = shared.setdefault(_at_use(finding, origin), (origin, []))
                names.append(self._tool(finding.at))
        for finding, (origin, names) in shared.items():
            words = _words(str(origin.pack), names)
            yield replace(finding, message=f"{words}: {finding.message}")

    def _origin(self, at: At) -> Origin:
        match at:
            case (str(table), int(number), *_) if table in self.entries:
                return self.entries[table][number]
            case ("programs", str(name), *_):
                return self.programs.get(name, Origin())
            case _:
                return Origin()

    def _moved(self, finding: Finding, origin: Origin) -> Finding:
        return replace(finding, at=_renumbered(finding.at, origin), fix=self._fix(finding.fix))

    def _fix(self, fix: Fix | None) -> Fix | None:
        """Where there is nothing in the file to correct, nothing is."""
        if fix is None or not self._is_written(fix.at):
            return None
        return replace(fix, at=_renumbered(fix.at, self._origin(fix.at)))

    def _is_written(self, at: At) -> bool:
        """Whether the file itself has a key at this place of `data`."""
        origin = self._origin(at)
        if origin.pack is None:
            return True
        here: Any = self.written
        for step in _renumbered(at, origin) if origin.own is not None else at:
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                return False
        return True

    def _tool(self, at: At) -> str:
        """The name of the tool that a finding is about; nothing for other entries."""
        return str(self.data["tool"][at[1]]["name"]) if at[0] == "tool" else ""


_ANSWERS = ("allow",)


def _renumbered(at: At, origin: Origin) -> At:
    return at if origin.own is None else (at[0], origin.own, *at[2:])


def _at_use(finding: Finding, origin: Origin) -> Finding:
    return replace(finding, at=("use", origin.entry), on_key=False, fix=None)


def _words(pack: str, tools: Sequence[str]) -> str:
    """`pack "git", tools "git_add", "git_commit"`."""
    names = [f'"{name}"' for name in dict.fromkeys(tools) if name]
    kind = "tool" if len(names) == 1 else "tools"
    return f'pack "{pack}", {kind} {", ".join(names)}' if names else f'pack "{pack}"'
