"""Prints what each tier lacks here, as JSON: `python -m tests.attacks.probed`."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from handrail.plan.user import User, choose_user
from handrail.process.tiers import try_out
from tests.attacks.arena import TIERS


async def main() -> None:
    """Try each, as a server here would."""
    user = choose_user(None, Path("/"))
    assert isinstance(user, User | None)
    tried = {tier.value: (await try_out(tier, user)).evidence for tier in TIERS}
    json.dump({tier: list(each.shortcomings) for tier, each in tried.items()}, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
