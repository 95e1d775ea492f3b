"""What was said of a server that is to be: a server file in part, and a few keys beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handrail.diagnostic import Diagnostic, Finding
from handrail.errors import SpecError
from handrail.scaffold.agreement import contradictions
from handrail.scaffold.answer_shapes import misshapen
from handrail.spec.document import Document, parse
from handrail.spec.salvage import mend
from handrail.spec.source import Source, open_source

_IN_MEMORY = Path("answers")


@dataclass(frozen=True, slots=True)
class Answers:
    """What was said; what was not takes its default."""

    data: Mapping[str, Any] = field(default_factory=dict)
    """In the shape of the server file."""
    layers: tuple[Document, ...] = ()
    """Where it was said; what a later one says holds."""

    def said(self, key: str) -> Any:
        """What was said under a dotted key; None for nothing."""
        value: Any = self.data
        for step in key.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        return value

    def saying(self, key: str, value: Any) -> Answers:
        """The same, with one more key; None takes it away."""
        return Answers(_saying(self.data, key.split("."), value), self.layers)

    def refuse(self, findings: Iterable[Finding]) -> None:
        """Raise `SpecError` with the places of `findings`, if there are any."""
        if found := list(findings):
            raise SpecError(located(self.layers, found))


def read_answers(path: Path) -> Answers:
    """An answers file, in TOML, YAML or JSON by its suffix.

    Raises `SpecError` with everything that is wrong with it.
    """
    return from_documents([parse(open_source(path))])


def from_data(data: Mapping[str, Any]) -> Answers:
    """Answers as a program has them. Raises `SpecError` with everything that is wrong with them."""
    source = Source(_IN_MEMORY, None, "")
    return from_documents([Document(source, dict(data), lambda _: {})])


def from_documents(layers: Sequence[Document]) -> Answers:
    """Answers from several places; what a later one says holds.

    Raises `SpecError` with everything that is wrong with them.
    """
    data: dict[str, Any] = {}
    for layer in layers:
        data = _merged(data, layer.data)
    if data.get("telemetry") == {"otlp": ""}:
        del data["telemetry"]  # what is asked for may be left empty: nowhere
    found = misshapen(data)
    found += contradictions(mend(data, found))
    answers = Answers(data, tuple(layers))
    answers.refuse(found)
    return answers


def located(layers: Sequence[Document], findings: Iterable[Finding]) -> list[Diagnostic]:
    """Findings with their places, each in the layer that was heard last about it."""
    diagnostics: list[Diagnostic] = []
    by_layer: dict[int, list[Finding]] = {}
    for one in findings:
        depths = [_depth(layer.data, one.at) for layer in layers]
        last = max(range(len(layers)), key=lambda number: (depths[number], number))
        by_layer.setdefault(last, []).append(one)
    for number in sorted(by_layer):
        diagnostics += layers[number].locate(by_layer[number])
    return diagnostics


def _saying(data: Mapping[str, Any], at: Sequence[str], value: Any) -> dict[str, Any]:
    key, *rest = at
    if rest:
        value = _saying(data.get(key, {}), rest, value) or None
    kept = {name: one for name, one in data.items() if name != key or value is not None}
    return kept if value is None else {**kept, key: value}


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            merged[key] = _merged(under, value)
        else:
            merged[key] = value
    return merged


def _depth(data: Any, at: tuple[str | int, ...]) -> int:
    """How many steps of a path there are in `data`."""
    for number, step in enumerate(at):
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return number
    return len(at)
