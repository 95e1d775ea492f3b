"""The only reader of server files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from handrail.diagnostic import Diagnostic, Finding
from handrail.errors import SpecError
from handrail.spec.document import Document, parse
from handrail.spec.expansion import Expansion
from handrail.spec.interpolate import interpolate
from handrail.spec.packs import expand
from handrail.spec.plain import DEEPEST, unplain
from handrail.spec.problems import problems
from handrail.spec.salvage import Salvage, mend, salvage
from handrail.spec.server import ServerSpec
from handrail.spec.source import open_source

Rule = Callable[[ServerSpec], Iterable[Finding]]
"""Anything that finds fault with a spec."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a server file.

    `spec` is there when nothing is wrong with its shape. `document` is there when it could be
    parsed at all. `faults` are the reasons why it could not.
    """

    file: Path
    document: Document | None = None
    expansion: Expansion = field(default_factory=Expansion)
    spec: ServerSpec | None = None
    salvage: Salvage | None = None
    findings: tuple[Finding, ...] = ()
    faults: tuple[Diagnostic, ...] = ()

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """Everything that is wrong with the shape of the file, in file order."""
        return self.judge()

    def judge(self, *rules: Rule) -> list[Diagnostic]:
        """Everything that is wrong with the file, by its shape and by `rules`, in file order.

        A file with mistakes is judged by what remains without them.
        """
        if self.document is None:
            return list(self.faults)
        found = list(self.findings)
        for rule in rules:
            if self.spec is not None:
                found += rule(self.spec)
            elif self.salvage is not None:
                found += self.salvage.believe(rule(self.salvage.spec))
        return self.locate(found)

    def locate(self, findings: Iterable[Finding]) -> list[Diagnostic]:
        """Give findings their places in the file; those of a pack that of its `use`."""
        if self.document is None:
            return []
        return self.document.locate(self.expansion.told(findings))


def load(path: Path, environ: Mapping[str, str]) -> ServerSpec:
    """Read a server file. Raises `SpecError` with everything that is wrong with its shape."""
    reading = read(path, environ)
    if reading.spec is None:
        raise SpecError(reading.diagnostics)
    return reading.spec


def read(path: Path, environ: Mapping[str, str]) -> Reading:
    """Read a server file, whatever is wrong with it."""
    try:
        document = parse(open_source(path))
    except SpecError as unreadable:
        return Reading(path, faults=unreadable.diagnostics)
    return read_document(path, document, environ)


def read_document(path: Path, document: Document, environ: Mapping[str, str]) -> Reading:
    """Read what a server file says, whatever is wrong with it. Its paths are relative to `path`."""
    expansion = expand(document.data)
    findings = list(unplain(expansion.data))
    if any(len(finding.at) > DEEPEST for finding in findings):
        return Reading(path, document, expansion, findings=tuple(findings))
    data, unset = interpolate(mend(expansion.data, findings), environ)
    findings += unset
    try:
        spec = ServerSpec.model_validate_json(json.dumps(data))
    except ValidationError as refused:
        findings += problems(data, refused)
    else:
        if not findings:
            return Reading(path, document, expansion, spec)
    return Reading(path, document, expansion, None, salvage(data, findings), tuple(findings))
