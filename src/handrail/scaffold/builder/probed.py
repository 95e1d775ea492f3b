"""What this machine can confine with, found out once for each wish: a probe takes a while."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from handrail.diagnostic import Finding
from handrail.examining import Examination
from handrail.plan.user import User
from handrail.sandbox.means import Means
from handrail.spec.server import ConfinementTable, ServerSpec

_MOST = 16
_known: dict[tuple[ConfinementTable, User | None], Means] = {}


def confinable(found: Examination) -> Callable[[ServerSpec], Iterable[Finding]]:
    """The check of `found` for whether commands can be confined here."""

    def check(spec: ServerSpec) -> Iterable[Finding]:
        wish = spec.confinement, found.user
        found.means = _known.get(wish)
        if found.means is not None:
            return
        yield from found.confinable(spec)
        if found.means is not None and len(_known) < _MOST:
            _known[wish] = found.means

    return check
