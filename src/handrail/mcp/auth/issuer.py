"""Asking an issuer of tokens over HTTP."""

from __future__ import annotations

from typing import Any

import httpx2
import structlog

_SECONDS = 5.0
"""An issuer that takes longer does not answer."""
_log = structlog.stdlib.get_logger("handrail.auth")


class IssuerClient(httpx2.AsyncClient):
    """An HTTP client that says in the log when an issuer goes away, and when it is back."""

    def __init__(self) -> None:
        super().__init__(timeout=_SECONDS)
        self._away: set[str] = set()

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Send one request. Raises `httpx2.HTTPError`."""
        try:
            response = await super().send(request, **options)
        except httpx2.HTTPError as error:
            self._miss(request.url.host, type(error).__name__)
            raise
        if response.is_server_error:
            self._miss(request.url.host, f"HTTP {response.status_code}")
        elif request.url.host in self._away:
            self._away.discard(request.url.host)
            _log.info("an issuer answers again", host=request.url.host)
        return response

    def _miss(self, host: str, why: str) -> None:
        if host not in self._away:
            self._away.add(host)
            _log.error("an issuer does not answer, and its tokens are refused", host=host, why=why)
