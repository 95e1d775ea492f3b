"""Who may see the console: those with the token, by a name of this server, from no other page."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

Endpoint = Callable[[Request], Awaitable[Response]]
_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets in who knows `token`, which browsers never send by themselves: it is no cookie.

    So pages of others can do nothing in the name of somebody who is signed in. `hosts` are the
    names that this server is called by, beside its addresses: a page whose own name was made to
    lead here has another.
    """

    token: str
    hosts: Collection[str]

    def page(self, endpoint: Endpoint) -> Endpoint:
        """What everybody may see who calls this server by its name; it tells nothing."""

        async def seen(request: Request) -> Response:
            if self._is_ours(request):
                answer = await endpoint(request)
            else:
                answer = _refusal(421, "this server has no such name; see hosts in [http]")
            answer.headers.update(_HEADERS)
            return answer

        return seen

    def signed_in(self, endpoint: Endpoint) -> Endpoint:
        """What only those see who bring the token (RFC 6750)."""

        async def seen(request: Request) -> Response:
            if brings(request, self.token):
                return await endpoint(request)
            return _refusal(401, "the token is needed; `handrail console` tells it")

        return self.page(seen)

    def _is_ours(self, request: Request) -> bool:
        name = (request.url.hostname or "").lower()
        return name == "localhost" or name in self.hosts or _is_address(name)


def brings(request: Request, token: str) -> bool:
    """Whether the request has the token (RFC 6750)."""
    scheme, _, brought = request.headers.get("authorization", "").partition(" ")
    is_it = secrets.compare_digest(brought.strip().encode(), token.encode())
    return is_it and scheme.lower() == "bearer"


def _is_address(name: str) -> bool:
    """An address leads to nobody else, whoever looks it up."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _refusal(status: int, reason: str) -> Response:
    headers = {"www-authenticate": "Bearer"} if status == 401 else {}
    return PlainTextResponse(f"{reason}\n", status_code=status, headers=headers)
