"""What a server file needs of Python, and is only there when it was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from handrail.diagnostic import Finding
from handrail.spec.access import AccessTable


def judge_extras(access: AccessTable) -> Iterator[Finding]:
    """Whether the client of a Redis is installed, where budgets are kept in one."""
    if "://" in access.store and find_spec("redis") is None:
        message = "access.store: budgets in Redis need its client, which is not installed"
        yield Finding(("access", "store"), "E827", message, "pip install 'handrail[redis]'")
