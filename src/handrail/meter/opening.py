"""The store that a server file names."""

from __future__ import annotations

from pathlib import Path

from handrail.errors import UsageError
from handrail.meter.memory import MemoryStore
from handrail.meter.sqlite import NAME, SqliteStore
from handrail.meter.store import Store
from handrail.spec.server import ServerSpec


def open_store(spec: ServerSpec, state: Path) -> Store:
    """The store; nothing is asked of it yet. Raises `UsageError` when it cannot be had at all."""
    match spec.access.store:
        case "memory":
            return MemoryStore()
        case "sqlite":
            return SqliteStore(state / NAME)
        case url:
            return _redis(url, spec.server.name)


def _redis(url: str, name: str) -> Store:
    try:
        from handrail.meter.redis import RedisStore  # of an extra, which may not be installed
    except ImportError:
        raise UsageError(
            "budgets in Redis need its client", hint="pip install 'handrail[redis]'"
        ) from None
    try:
        return RedisStore(url, name)
    except ValueError as wrong:
        raise UsageError(f"access.store: {wrong}") from None
