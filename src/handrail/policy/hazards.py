"""What a command line could do beyond its tool's leave, by the profiles of its programs.

Only where the caller gives argv: what an author declared is the author's word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from handrail.plan.plan import Plan
from handrail.policy.decision import Decision, Ground
from handrail.profiles.reading import Reading, Use
from handrail.profiles.role import Role
from handrail.spec.server import Tier
from handrail.spec.tool import Effect, Risk

Why = tuple[str, str | None]
"""A reason, as the end of a sentence, and a hint."""

_CALLERS: tuple[Risk, str] = ("executes-callers-code", "runs code that the caller gives")
_WORKSPACE: tuple[Risk, str] = ("executes-workspace-code", "runs code from files in the workspace")
_RISKS = {
    Role.CODE: _CALLERS,
    Role.EXECUTES_CALLER: _CALLERS,
    Role.LOAD: _WORKSPACE,
    Role.EXECUTES_WORKSPACE: _WORKSPACE,
}
_NEVER: dict[Role, Why] = {
    Role.UNKNOWN: ("is not known to be safe", "Write options in full; leave out unusual ones."),
    Role.SURPLUS: ("is not known to be safe there", None),
    Role.RUN: ("could run another program", "Call that program by itself, if this tool has it."),
    Role.RUNS: ("could run another program", None),
    Role.ASSIGNMENT: ("sets a variable that other programs read", None),
}
_LEANING = frozenset({Role.LEANS, Role.FOLLOWS, Role.LISTS})
_REMOTE = re.compile(r"^[^/]*:")
_SCHEME = re.compile(r"^(?!https?://)[A-Za-z][A-Za-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_EFFECTS = list(Effect)
_UNCONFINED = "at tier {} nothing else keeps it in the workspace"


@dataclass(frozen=True, slots=True)
class Leave:
    """What a tool may do: its effect, its network, what its author acknowledged, its tier."""

    effect: Effect
    network: bool
    acknowledged: tuple[Risk, ...]
    tier: Tier

    def permits(self, effect: Effect) -> bool:
        """Whether the tool may have `effect`."""
        return _EFFECTS.index(effect) <= _EFFECTS.index(self.effect)


def hazards(plan: Plan, tier: Tier) -> Iterator[Ground]:
    """Why the plan's commands may not run as they are."""
    if not plan.free:
        return
    leave = Leave(plan.effect, plan.network, plan.acknowledged, tier)
    for stage in plan.stages:
        yield from _of_command(stage.program.name, stage.reading, leave)
        for inside in stage.reading.commands() if stage.reading else ():
            yield from _of_command(inside.words[0], inside.reading, leave)


def _of_command(program: str, reading: Reading | None, leave: Leave) -> Iterator[Ground]:
    if reading is None:
        if "unknown-programs" not in leave.acknowledged:
            reason = f"nothing is known of the command line of {program}"
            hint = 'Its owner may write a profile, or acknowledge = ["unknown-programs"].'
            yield _deny(reason, program, hint)
        return
    accepted = any(_is_accepted(use, leave) for use in reading.uses)
    for use in reading.uses:
        found = _reason(use, leave)
        if found is not None and not (accepted and use.role in _LEANING):
            reason, way_out = found
            yield _deny(f"{_words(reading, use)} {reason}", f"profile of {program}", way_out)


def _deny(reason: str, source: str, hint: str | None) -> Ground:
    return Ground(Decision.DENY, reason, source, hint)


def _words(reading: Reading, use: Use) -> str:
    """How to speak of what the caller wrote: `sort --compress-program`, `an operand of find`."""
    command = " ".join(reading.path)
    shown = ascii(use.name[:64])[1:-1]
    if use.name == "operand":
        return f"an argument of {command}"
    return command if use.name == command else f"{command}: {shown}"


def _reason(use: Use, leave: Leave) -> Why | None:
    """Why this may not be, and the way out; None when it may."""
    if use.role is Role.REFUSED:
        return f"is refused: {use.value}", None
    never = _NEVER.get(use.role)
    return never or _risky(use, leave) or _outward(use, leave) or _lacking(use, leave)


def _is_accepted(use: Use, leave: Leave) -> bool:
    """Whether it runs code that the tool's author lets it run: that leads wherever it wants."""
    return use.role in _RISKS and _risky(use, leave) is None


def _risky(use: Use, leave: Leave) -> Why | None:
    """Whose code it would run, unless the tool's author accepts that."""
    role = Role.CODE if use.role is Role.LOAD and use.value == "-" else use.role
    if role not in _RISKS or _RISKS[role][0] in leave.acknowledged:
        return None
    risk, what = _RISKS[role]
    return what, f'Its owner could accept that with acknowledge = ["{risk}"].'


def _outward(use: Use, leave: Leave) -> Why | None:
    """Why it may not reach out of the machine, or out of the workspace."""
    value = use.value or ""
    match use.role:
        case Role.LOCAL | Role.LOCAL_WRITE if _REMOTE.match(value):
            return "names another host", "Give a path; ./NAME for a name with a colon."
        case Role.URL if _SCHEME.match(value):
            return "is an address of a kind that is not allowed", "Use https:// or http://."
        case Role.URL | Role.NETWORK if not leave.network:
            return "needs the network, which this tool does not have", None
        case Role.FOLLOWS | Role.LISTS if not leave.tier.at_least(Tier.LANDLOCK):
            return f"may lead elsewhere, and {_UNCONFINED.format(leave.tier)}", None
        case Role.LEANS if not leave.tier.at_least(Tier.LANDLOCK):
            return f"{use.value}, and {_UNCONFINED.format(leave.tier)}", None
        case _:
            return None


def _lacking(use: Use, leave: Leave) -> Why | None:
    """Which effect it has that the tool may not have."""
    effect = _effect(use)
    if effect is None or leave.permits(effect):
        return None
    does = "destroys" if effect is Effect.DESTRUCTIVE else "writes"
    return f"{does}, and the tool's effect is {leave.effect}", None


def _effect(use: Use) -> Effect | None:
    match use.role:
        case Role.EFFECT:
            return Effect(use.value or Effect.DESTRUCTIVE)
        case Role.DESTROY | Role.DESTROYS:
            return Effect.DESTRUCTIVE
        case Role.WRITES:
            return Effect.WRITE
        case Role.WRITE | Role.LOCAL_WRITE if use.value not in ("-", "/dev/null", None):
            return Effect.WRITE
        case _:
            return None
