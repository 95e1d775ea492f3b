"""Health, for whoever starts and routes: is it alive, is it ready; said without details."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from handrail.ops.inside import Inside
from handrail.ops.readiness import Readiness

_NO_STORE = {"cache-control": "no-store"}


def health_routes(inside: Inside, readiness: Readiness) -> Sequence[BaseRoute]:
    """`/livez` and `/readyz` of the ops listener, which answers when the loop does not."""

    async def livez(_: Request) -> Response:
        return answer(alive(inside))

    async def readyz(_: Request) -> Response:
        return answer(ready(inside, readiness))

    return (Route("/livez", livez), Route("/readyz", readyz))


def own_health_routes(readiness: Readiness) -> Sequence[BaseRoute]:
    """The same on the main port, where its own loop answers, or does not; no names are told."""

    async def livez(_: Request) -> Response:
        return answer({"status": "ok"})

    async def readyz(_: Request) -> Response:
        if readiness.failing:
            return answer({"status": "not_ready"})
        return answer({"status": "ready", "tier": readiness.tier})

    return (Route("/livez", livez), Route("/readyz", readyz))


def alive(inside: Inside) -> dict[str, object]:
    """Whether the loop turns."""
    return {"status": "stalled" if inside.is_stalled else "ok"}


def ready(inside: Inside, readiness: Readiness) -> dict[str, object]:
    """Whether calls can be made, and what is in the way."""
    stalled = ("loop",) if inside.is_stalled else ()
    failing = (*stalled, *readiness.failing)
    if failing:
        return {"status": "not_ready", "failing": list(failing)}
    return {"status": "ready", "tier": readiness.tier}


async def ready_soon(inside: Inside, readiness: Readiness) -> dict[str, object]:
    """The same, for whoever waits."""
    return ready(inside, readiness)


def answer(facts: dict[str, object]) -> Response:
    """The facts; by the status, whoever does not read them knows, too."""
    is_well = facts["status"] in ("ok", "ready")
    return JSONResponse(facts, status_code=200 if is_well else 503, headers=_NO_STORE)
