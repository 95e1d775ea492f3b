"""What a call claims of the store, by the bounds that its server file sets."""

from __future__ import annotations

import math
from collections.abc import Iterator

from handrail.errors import CallError, QuotaExhausted, RateLimited
from handrail.meter.account import Account, Usage
from handrail.meter.store import Charge, Claim, Hit, Place, Refusal
from handrail.spec.access import BudgetTable
from handrail.spec.quota import Rate, window_text
from handrail.spec.tool import ToolSpec
from handrail.spec.units import duration_text, size_text

ALL = "all"
"""Whose budget is everybody's."""
_TIMES = {"cpu": "of processor time", "wall": "of running time"}
_VOLUMES = {"output": "of output", "stored": "of stored data"}


def caller_of(account: Account) -> str:
    """Whose budget is that of a caller."""
    return f"caller:{account.name}"


def hits(account: Account, tool: ToolSpec, total: BudgetTable) -> list[Hit]:
    """One more call, for every rate that bounds it."""
    rates = {
        f"tool:{tool.name}": tool.rate,
        caller_of(account): account.budget.rate,
        ALL: total.rate,
    }
    return [hit for whose, rate in rates.items() if rate is not None for hit in _hits(whose, rate)]


def _hits(whose: str, rate: Rate) -> Iterator[Hit]:
    yield Hit(f"rate:{whose}", rate.amount, rate.seconds)
    if rate.burst < rate.amount:
        yield Hit(f"burst:{whose}", rate.burst, rate.burst * rate.seconds / rate.amount)


def charges(whose: str, budget: BudgetTable) -> list[Charge]:
    """One call, and for all else the question whether anything is left."""
    return [
        Charge(f"{what}:{whose}", 1 if what == "calls" else 0, quota.amount, quota.seconds)
        for what, quota in budget.quotas
    ]


def costs(whose: str, budget: BudgetTable, usage: Usage) -> list[Charge]:
    """What the call has used, where that is bounded."""
    used = {
        "cpu": round(usage.cpu * 1000),
        "wall": round(usage.wall * 1000),
        "output": usage.output,
        "stored": usage.stored,
    }
    return [
        Charge(f"{what}:{whose}", used[what], quota.amount, quota.seconds)
        for what, quota in budget.quotas
        if used.get(what)
    ]


def places(account: Account, total: BudgetTable, holder: str) -> list[Place]:
    """A place for the call among those of its caller, and of everybody."""
    bounds = {caller_of(account): account.budget.concurrency, ALL: total.concurrency}
    return [
        Place(f"places:{whose}", most, holder) for whose, most in bounds.items() if most is not None
    ]


def refused(refusal: Refusal) -> CallError:
    """What to tell a caller of a claim that could not be had."""
    claim, seconds = refusal.claim, refusal.retry_after_seconds
    hint = f"Try again in {_soon(seconds)}."
    if isinstance(claim, Charge):
        why = f"{_whose(claim)} budget of {_amount(claim)} per {window_text(claim.seconds)}"
        return QuotaExhausted(f"{why} is used up", hint=hint, retry_after_seconds=seconds)
    return RateLimited(f"{_rate(claim)} is reached", hint=hint, retry_after_seconds=seconds)


def _rate(claim: Hit | Place) -> str:
    if isinstance(claim, Hit) and not claim.name.startswith("burst:"):
        return (
            f"{_whose(claim)} rate of {_calls(claim.limit)} per {window_text(int(claim.seconds))}"
        )
    return f"{_whose(claim)} bound of {_calls(claim.limit)} at once"


def _whose(claim: Claim) -> str:
    _, kind, *name = claim.name.split(":", 2)
    return {"caller": "your", "tool": f"the tool `{''.join(name)}`'s", ALL: "the server's"}[kind]


def _amount(charge: Charge) -> str:
    what = charge.name.partition(":")[0]
    if what in _TIMES:
        return f"{duration_text(charge.limit / 1000)} {_TIMES[what]}"
    if what in _VOLUMES:
        return f"{size_text(charge.limit)} {_VOLUMES[what]}"
    return _calls(charge.limit)


def _calls(count: int) -> str:
    return "1 call" if count == 1 else f"{count:,} calls"


def _soon(seconds: float) -> str:
    """Rounded up: whoever waits so long has not come too early."""
    for unit, length in (("h", 3_600), ("min", 60)):
        if seconds > 2 * length:
            return f"{math.ceil(seconds / length)} {unit}"
    return f"{math.ceil(seconds)} s"
