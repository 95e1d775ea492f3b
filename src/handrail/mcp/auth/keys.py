"""Callers who have an API key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import structlog
from fastmcp.server.auth import AccessToken, TokenVerifier

from handrail.errors import UsageError
from handrail.mcp.auth.key import Key, id_in
from handrail.mcp.auth.key_file import Signature, read_keys, signature
from handrail.mcp.caller import access_token

_NEVER_SEEN: Signature = ()
_log = structlog.stdlib.get_logger("handrail.auth")


class KeyVerifier(TokenVerifier):
    """Knows the keys of a file, as it is at that moment: a key that was revoked is refused."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._seen: Signature | None = _NEVER_SEEN
        self._keys: Mapping[str, Key] = {}

    async def verify_token(self, token: str) -> AccessToken | None:
        """Who has this key; None for nobody."""
        key = self._current().get(id_in(token) or "")
        if key is None or not key.is_of(token):
            return None
        if key.has_expired(datetime.now(UTC)):
            _log.info("refused", caller=key.name, key=key.id, why="the key has expired")
            return None
        until = None if key.expires is None else int(key.expires.timestamp())
        return access_token(key.caller, expires_at=until)

    def _current(self) -> Mapping[str, Key]:
        """The keys by their ids; none while the file is broken."""
        seen = signature(self._path)
        if seen != self._seen:
            # Looked at before it is read: what changes in between is read once more.
            self._seen, self._keys = seen, self._read()
        return self._keys

    def _read(self) -> Mapping[str, Key]:
        try:
            return {key.id: key for key in read_keys(self._path)}
        except UsageError as broken:
            _log.error("every key is refused", why=broken.message, hint=broken.hint)
            return {}
