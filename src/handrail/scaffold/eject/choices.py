"""What a project is made of, as whoever ejects it has chosen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What a project has only when it is wanted."""

    CONTAINER = "container"
    """Dockerfile, and compose.yaml where it serves HTTP."""
    KUBERNETES = "kubernetes"
    """deploy/k8s.yaml."""
    CI = "ci"
    """A workflow that runs what `make test` runs."""
    CLIENTS = "clients"
    """Configuration of clients."""
    BENCHMARKS = "benchmarks"
    """How long calls take."""


USUAL = frozenset(Part) - {Part.KUBERNETES}


@dataclass(frozen=True, slots=True)
class Choices:
    """The name of the distribution, what is in the project, and where its runtime comes from.

    With `vendor`, the runtime's wheel is part of the project.
    """

    name: str
    parts: frozenset[Part] = USUAL
    vendor: bool = False
