"""What a person is asked."""

from __future__ import annotations

from dataclasses import dataclass

from handrail.plan.digest import digest
from handrail.plan.plan import Plan
from handrail.policy.decision import Verdict


@dataclass(frozen=True, slots=True)
class Question:
    """Whether exactly this plan may be done, once. The verdict says why that is asked."""

    plan: Plan
    verdict: Verdict

    @property
    def digest(self) -> str:
        """What the answer is bound to."""
        return digest(self.plan)
