"""`/metrics`, as Prometheus asks for it."""

from __future__ import annotations

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from handrail.ops.console.gate import brings


def metrics_route(registry: CollectorRegistry, token: str | None) -> BaseRoute:
    """The page; with a `token`, only for those who bring it (RFC 6750)."""

    def metrics(request: Request) -> Response:
        if token is not None and not brings(request, token):
            refused = {"www-authenticate": "Bearer"}
            return PlainTextResponse("a token is needed\n", status_code=401, headers=refused)
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), media_type=content_type)

    return Route("/metrics", metrics)
