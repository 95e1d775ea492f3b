"""Who asks for a call."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """A principal, and the roles that it has."""

    name: str
    roles: frozenset[str] = frozenset()


LOCAL = Caller("local")
"""Whoever started the server, or sits at its command line."""
