"""A server file that could be parsed: its data, and the place of every key in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from handrail.diagnostic import Diagnostic, Finding, Key, Place
from handrail.errors import SpecError
from handrail.spec import json_source, toml_source, yaml_source
from handrail.spec.kind import kind_of
from handrail.spec.source import EMPTY, Format, Source, Spots

SpotFinder = Callable[[Source], Spots]
"""Finds the place of every key in a text."""

_READERS: dict[Format | None, tuple[Callable[[Source], object], SpotFinder]] = {
    Format.TOML: (toml_source.parse, toml_source.spots),
    Format.YAML: (yaml_source.parse, yaml_source.spots),
    Format.YML: (yaml_source.parse, yaml_source.spots),
    Format.JSON: (json_source.parse, json_source.spots),
}


@dataclass(frozen=True)
class Document:
    """The data of a server file, as its author wrote it."""

    source: Source
    data: dict[str, Any]
    find_spots: SpotFinder

    @cached_property
    def _spots(self) -> Spots:
        # Slow, so only when there is something to report.
        try:
            return self.find_spots(self.source)
        except RecursionError:
            return {}

    def place(self, at: tuple[Key, ...], *, on_key: bool = False) -> Place:
        """Where `at` is, or the nearest parent that has a place."""
        for length in range(len(at), 0, -1):
            spot = self._spots.get(at[:length])
            if spot is not None:
                return self.source.place(spot.key if on_key else spot.value)
        return Place()

    def locate(self, findings: Iterable[Finding]) -> list[Diagnostic]:
        """Give every finding its line and column; in file order, each one once."""
        diagnostics = {
            Diagnostic(
                self.source.file,
                self.place(finding.at, on_key=finding.on_key),
                finding.severity,
                finding.code,
                printable(finding.message),
                printable(finding.hint) if finding.hint else None,
                finding.fix,
                printable(finding.silenced) if finding.silenced else None,
            )
            for finding in findings
        }
        return sorted(diagnostics, key=lambda one: (one.place.line, one.place.column, one.code))


def printable(text: str) -> str:
    """`text` in one line that cannot steer a terminal, whatever names the file gives things."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape", "replace").decode()
        for one in text
    )


def parse(source: Source) -> Document:
    """Read the data. Raises `SpecError` for what is not a table in the file's language."""
    read, find_spots = _READERS[source.format]
    data = read(source)
    if data is None:
        raise SpecError([source.problem(0, "E109", "the file is empty", EMPTY)])
    if not isinstance(data, dict):
        message = f"a server file is a table, not {kind_of(data)}"
        raise SpecError([source.problem(0, "E102", message)])
    return Document(source, data, find_spots)
