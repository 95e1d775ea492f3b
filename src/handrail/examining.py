"""A server file, examined on this machine: what is wrong with it, or what serving it takes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from handrail.diagnostic import Diagnostic, Finding, Severity
from handrail.errors import ConfinementUnavailable, SpecError, UsageError
from handrail.lint.lint import lint
from handrail.plan.held import held
from handrail.plan.host import Host, survey
from handrail.plan.unreachable import unreachable
from handrail.plan.user import User, choose_user
from handrail.process.tiers import choose
from handrail.process.version import old_programs
from handrail.sandbox.means import Means
from handrail.spec.find import find
from handrail.spec.load import Reading, read
from handrail.spec.server import ServerSpec, Tier
from handrail.spec.tool import ToolSpec

Check = Callable[[ServerSpec, Host, Means], Iterable[Finding]]
"""Finds fault with a file on a machine that has what it names, and can confine it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A server file that can be served on this machine."""

    file: Path
    spec: ServerSpec
    host: Host
    means: Means
    packs: Mapping[str, str]
    """The pack of every tool that comes from one, by the tool's name."""

    def tool(self, name: str) -> ToolSpec:
        """The tool called `name`. Raises `UsageError`."""
        for tool in self.spec.tools:
            if tool.name == name:
                return tool
        known = ", ".join(tool.name for tool in self.spec.tools) or "none"
        raise UsageError(f"there is no tool {name!r} in {self.file}", hint=f"Tools: {known}.")


@dataclass(slots=True)
class Examination:
    """Everything that can be said about a server file on this machine, in one pass.

    `host` is there when the machine has everything that the file names, `means` when it can
    also confine commands as the file requires.
    """

    reading: Reading
    diagnostics: list[Diagnostic] = field(default_factory=list)
    host: Host | None = None
    means: Means | None = None

    @property
    def has_errors(self) -> bool:
        """Whether the file cannot be served."""
        return any(found.severity is Severity.ERROR for found in self.diagnostics)

    @property
    def user(self) -> User | None:
        """Whom commands run as; whom they would by default, as long as that is not known."""
        if self.host is not None:
            return self.host.user
        user = choose_user(None, self.reading.file.absolute().parent)
        return user if isinstance(user, User) else None

    def surveyed(self, spec: ServerSpec) -> Iterable[Finding]:
        """What the file names and the machine lacks."""
        self.host, findings = survey(spec, self.reading.file, os.environ)
        return findings

    def confinable(self, spec: ServerSpec) -> Iterable[Finding]:
        """Whether commands can be confined here; tries it out."""
        try:
            self.means = asyncio.run(choose(spec.confinement, self.user))
        except ConfinementUnavailable as lacking:
            at = ("confinement", "require" if spec.confinement.use is None else "use")
            yield Finding(at, "E142", f"{lacking.code}: {lacking.message}", lacking.hint)

    def reachable(self, spec: ServerSpec) -> Iterable[Finding]:
        """What commands need and their user cannot get at; a view of its own brings it along."""
        if self.host is None or self.means is None or self.means.tier is Tier.NAMESPACES:
            return []
        return unreachable(self.host, spec)

    def creatable(self, spec: ServerSpec) -> Iterable[Finding]:
        """Where tools may write and yet make nothing; with a view of its own, nowhere."""
        if self.host is None or self.means is None or self.means.tier is not Tier.LANDLOCK:
            return []
        return held(self.host, spec)

    def also(self, check: Check) -> Callable[[ServerSpec], Iterable[Finding]]:
        """A further check, made when all is there for it."""

        def checked(spec: ServerSpec) -> Iterable[Finding]:
            if self.host is None or self.means is None:
                return []
            return check(spec, self.host, self.means)

        return checked


def examine(file: Path | None, *further: Check) -> Examination:
    """Read, lint and survey a server file. Raises `UsageError` when there is none.

    `further` checks are made when the machine has everything that the file names.
    """
    return examine_reading(read(_path(file), os.environ), *further)


def examine_reading(reading: Reading, *further: Check) -> Examination:
    """Lint and survey what was read."""
    found = Examination(reading)
    by_tier = (found.reachable, found.creatable)
    rules = [lint, found.surveyed, found.confinable, *by_tier, *map(found.also, further)]
    found.diagnostics = found.reading.judge(*rules)
    return found


def of_age(spec: ServerSpec, host: Host, means: Means) -> Iterable[Finding]:
    """Whether every program is new enough. Asks those that have a `min_version`: runs them."""
    return asyncio.run(old_programs(spec, host, means))


def open_file(file: Path | None, *further: Check) -> Opened:
    """A server file, ready for use. Raises `SpecError` with everything that is wrong with it."""
    return open_reading(read(_path(file), os.environ), *further)


def open_reading(reading: Reading, *further: Check) -> Opened:
    """What was read, ready for use. Raises `SpecError` with everything that is wrong with it."""
    found = examine_reading(reading, *further)
    spec = found.reading.spec
    if found.has_errors or spec is None or found.host is None or found.means is None:
        raise SpecError(found.diagnostics)
    packs = found.reading.expansion.packs()
    return Opened(found.reading.file, spec, found.host, found.means, packs)


def _path(file: Path | None) -> Path:
    return find(Path.cwd()) if file is None else file
