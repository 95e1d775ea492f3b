"""Where package managers put programs: they find each other there by their full paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from handrail.plan.runtimes.runtime import Runtime

_STORES = {Path("/nix/store"): "nix", Path("/gnu/store"): "guix"}
"""Open to every user of the machine by their own rules, so that they hold no secrets."""

_MODULES = "node_modules"


def packages(names: Sequence[Path]) -> Iterator[Runtime]:
    """The store that the program comes from, or the `node_modules` that it lies in."""
    for store, name in _STORES.items():
        if names[-1].is_relative_to(store):
            yield Runtime(name, executable=(store,))
    parts = names[-1].parts
    if _MODULES in parts:
        outermost = Path(*parts[: parts.index(_MODULES) + 1])
        yield Runtime("node", executable=(outermost,))
