"""The stores, each over what is real."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.redis_server import RedisServer, redis_server


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis that tests share: each has a prefix of its own."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server
