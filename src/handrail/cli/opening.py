"""Opening a server file for a command that needs it whole."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from handrail.diagnostic import Diagnostic, Finding, Severity
from handrail.errors import ConfinementUnavailable, SpecError, UsageError
from handrail.lint.lint import lint
from handrail.plan.host import Host, survey
from handrail.process.version import old_programs
from handrail.sandbox.confine import choose
from handrail.spec.find import find
from handrail.spec.load import Reading, read
from handrail.spec.server import ServerSpec, Tier
from handrail.spec.tool import ToolSpec

Check = Callable[[ServerSpec, Host], Iterable[Finding]]
"""Finds fault with a file on a machine that has what it names."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A server file that can be served on this machine."""

    file: Path
    spec: ServerSpec
    host: Host

    def tool(self, name: str) -> ToolSpec:
        """The tool called `name`. Raises `UsageError`."""
        for tool in self.spec.tools:
            if tool.name == name:
                return tool
        known = ", ".join(tool.name for tool in self.spec.tools) or "none"
        raise UsageError(f"there is no tool {name!r} in {self.file}", hint=f"Tools: {known}.")


@dataclass(slots=True)
class Examination:
    """Everything that can be said about a server file on this machine, in one pass."""

    reading: Reading
    diagnostics: list[Diagnostic]
    host: Host | None

    @property
    def has_errors(self) -> bool:
        """Whether the file cannot be served."""
        return any(found.severity is Severity.ERROR for found in self.diagnostics)


def examine(file: Path | None, *further: Check) -> Examination:
    """Read, lint and survey a server file. Raises `UsageError` when there is none.

    `further` checks are made when the machine has everything that the file names.
    """
    path = find(Path.cwd()) if file is None else file
    reading = read(path, os.environ)
    hosts: list[Host | None] = [None]

    def on_this_machine(spec: ServerSpec) -> Iterable[Finding]:
        hosts[0], findings = survey(spec, path, os.environ)
        return findings

    def beyond(spec: ServerSpec) -> Iterable[Finding]:
        host = hosts[0]
        return [] if host is None else [found for check in further for found in check(spec, host)]

    diagnostics = reading.judge(lint, _confinable, on_this_machine, beyond)
    return Examination(reading, diagnostics, hosts[0])


def of_age(spec: ServerSpec, host: Host) -> Iterable[Finding]:
    """Whether every program is new enough. Asks those that have a `min_version`: runs them."""
    return asyncio.run(old_programs(spec, host, Tier.RLIMITS))


def _confinable(spec: ServerSpec) -> Iterable[Finding]:
    try:
        choose(spec.confinement)
    except ConfinementUnavailable as lacking:
        at = ("confinement", "require" if spec.confinement.use is None else "use")
        yield Finding(at, "E142", f"{lacking.code}: {lacking.message}", lacking.hint)


def open_file(file: Path | None, *further: Check) -> Opened:
    """A server file, ready for use. Raises `SpecError` with everything that is wrong with it."""
    found = examine(file, *further)
    spec = found.reading.spec
    if found.has_errors or spec is None or found.host is None:
        raise SpecError(found.diagnostics)
    return Opened(found.reading.file, spec, found.host)
