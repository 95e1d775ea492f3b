"""The console's page, what it asks for, and the one thing that it can do."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from functools import partial
from importlib.resources import files
from typing import TypeVar

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from handrail.ops.console.calls import whole
from handrail.ops.console.gate import Gate
from handrail.ops.console.now import Now

_ASSETS = files("handrail.ops.console") / "assets"
_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_T = TypeVar("_T")
_log = structlog.stdlib.get_logger("handrail.console")


def console_routes(gate: Gate, now: Now) -> Sequence[BaseRoute]:
    """`/` and `/console/...`: files that are the same for everybody, and facts for the few."""
    one = "/console/calls/{call_id}"
    return [
        Route("/", gate.page(_index)),
        Route("/console/assets/{name}", gate.page(_asset)),
        Route("/console/server", gate.signed_in(partial(_server, now))),
        Route(one, gate.signed_in(partial(_call, now))),
        Route(f"{one}/stop", gate.signed_in(partial(_stop, now)), methods=["POST"]),
    ]


async def _index(_: Request) -> Response:
    return _file("index.html")


async def _asset(request: Request) -> Response:
    return _file(request.path_params["name"])


def _file(name: str) -> Response:
    found = _ASSETS / name
    ending = name.rpartition(".")[2]
    if ending not in _TYPES or "/" in name or not found.is_file():
        raise HTTPException(404)
    return Response(found.read_bytes(), media_type=_TYPES[ending])


async def _server(now: Now, _: Request) -> Response:
    return Response(await _in_time(now.told()), media_type="application/json")


async def _call(now: Now, request: Request) -> Response:
    async def look() -> dict[str, object] | None:
        return whole(request.path_params["call_id"], now.seen.line, now.seen.recent)

    found = await _in_time(now.inside.hear(look))
    if found is None:
        raise HTTPException(404, "no such call is in flight, or remembered")
    return JSONResponse(found)


async def _stop(now: Now, request: Request) -> Response:
    call_id = request.path_params["call_id"]

    async def stop() -> bool:
        """End the call as if its caller had cancelled it; whether it was in flight."""
        for flight in now.seen.line.traffic.flights:
            if flight.call_id == call_id:
                _log.warning("stopped from the console", call_id=call_id, tool=flight.tool)
                flight.stop()
                return True
        return False

    if not await _in_time(now.inside.hear(stop)):
        raise HTTPException(404, "no such call is in flight")
    return JSONResponse({"call_id": call_id, "stopped": True}, status_code=202)


async def _in_time(answer: Awaitable[_T]) -> _T:
    try:
        return await answer
    except TimeoutError:
        raise HTTPException(503, "the server's loop does not answer") from None
