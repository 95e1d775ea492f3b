"""Who asks for a call."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """A principal, and the roles that it has.

    `tools` bounds it further, by names and globs, as a key may be bounded; None does not.
    """

    name: str
    roles: frozenset[str] = frozenset()
    tools: tuple[str, ...] | None = None
    is_owner: bool = False
    """Whether it may use every tool, whatever roles say."""


LOCAL = Caller("local", is_owner=True)
"""Whoever started the server, or sits at its command line."""
