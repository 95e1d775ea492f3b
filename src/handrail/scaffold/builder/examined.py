"""A draft examined as `handrail check` does it, but running nothing, and within the fence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handrail.diagnostic import Diagnostic, Finding
from handrail.examining import Examination
from handrail.lint.lint import lint
from handrail.lint.security import security
from handrail.plan.exchangeable import exchangeable
from handrail.plan.host import Host, survey
from handrail.sandbox.means import Means
from handrail.scaffold.builder.fence import Fence, environ
from handrail.scaffold.builder.probed import confinable
from handrail.spec.document import parse
from handrail.spec.find import NAME
from handrail.spec.load import Reading, Rule, read_document
from handrail.spec.server import ServerSpec
from handrail.spec.source import Format, Source

_UNSET = "E304"
"""A variable that is not set. The builder's own are not looked at."""
_AS_IT_STARTS = "${NAME} is not replaced here: that is done when the server starts."


@dataclass(frozen=True, slots=True)
class Examined:
    """What can be said of a draft."""

    spec: ServerSpec | None
    """The draft; without what is wrong in it, where something is. None when nothing is left."""
    findings: Sequence[Diagnostic]
    broken: bool
    """Whether no machine could serve it."""
    notes: Sequence[str]
    keys: Sequence[str]
    """What it has at its top."""
    own: frozenset[str]
    """The tools that are not just as a pack has them."""
    host: Host | None = None
    """What this machine offers to it, when it has all."""
    means: Means | None = None


def examined(text: str, fence: Fence) -> Examined:
    """Examine a draft of the fenced folder's server file. Raises `SpecError` for what is no TOML.

    It takes a while, and blocks: call it in a thread.
    """
    document = parse(Source(Path(NAME), Format.TOML, text))
    reading = read_document(fence.around.folder / NAME, document, {})
    rest = None if reading.salvage is None else reading.salvage.spec
    spec = reading.spec or rest
    broken = any(one.is_error and one.code != _UNSET for one in reading.judge(lint))
    beyond = [] if spec is None else fence.beyond(spec)
    found, notes = Examination(reading), list[str]()
    checks = [] if broken or beyond else _of_machine(found, fence, notes)
    diagnostics = [*reading.judge(lint, *checks), *_dangers(found, fence)]
    diagnostics.sort(key=lambda one: (one.place.line, one.place.column))
    findings = [one for one in diagnostics if one.code != _UNSET]
    notes += [_AS_IT_STARTS] if len(findings) < len(diagnostics) else []
    notes += [f"Not looked at here, since {key} leads out of the folder." for key in beyond]
    return Examined(
        spec=spec,
        findings=findings,
        broken=broken,
        notes=notes,
        keys=list(document.data),
        own=_own(reading),
        host=found.host,
        means=found.means,
    )


def _own(reading: Reading) -> frozenset[str]:
    packed = reading.expansion.entries.get("tool", ())
    tools = reading.expansion.data.get("tool", ())
    origins = [*packed, *[None] * (len(tools) - len(packed))]
    return frozenset(
        tool["name"]
        for tool, origin in zip(tools, origins, strict=True)
        if isinstance(tool, dict) and "name" in tool and (origin is None or origin.own is not None)
    )


def _of_machine(found: Examination, fence: Fence, notes: list[str]) -> list[Rule]:
    def surveyed(spec: ServerSpec) -> Iterable[Finding]:
        fenced = fence.without_beyond(spec)
        try:
            found.host, findings = survey(fenced, found.reading.file, environ(spec))
        except OSError as failed:  # a name that no file can have
            notes.append(f"Not looked at here: {(failed.strerror or 'input error').lower()}.")
            return []
        return findings

    return [surveyed, confinable(found), found.reachable, found.creatable]


def _dangers(found: Examination, fence: Fence) -> list[Diagnostic]:
    spec = found.reading.spec
    if spec is None:
        return []
    fenced = fence.without_beyond(spec)
    machine = exchangeable(found.host, fenced) if found.host is not None else ()
    dangers = security(fenced, fence.around.folder, machine)
    own = _own(found.reading)
    return found.reading.locate(one for one in dangers if not _is_settled(one, spec, own))


def _is_settled(finding: Finding, spec: ServerSpec, own: frozenset[str]) -> bool:
    """Whether it is about a tool that a pack declares, and the pack says why it is no problem."""
    if finding.silenced is None or finding.at[0] != "tool":
        return False
    tool = spec.tools[int(finding.at[1])]
    return tool.name not in own and f"{finding.code}: {finding.silenced}" in tool.allow


def as_data(findings: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Findings for programs."""
    return [
        {
            "where": f"{one.file}:{one.place.line}:{one.place.column}",
            "severity": one.severity.value,
            "code": one.code,
            "message": one.message,
            **({"hint": one.hint} if one.hint else {}),
            **({"silenced": one.silenced} if one.silenced else {}),
        }
        for one in findings
    ]
