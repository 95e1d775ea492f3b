"""Answers become the text of a server file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from handrail.errors import UsageError
from handrail.scaffold.answer_shapes import credential, is_own, variable
from handrail.scaffold.answers import Answers
from handrail.scaffold.comments import comments, with_network_comments
from handrail.scaffold.draft import Draft
from handrail.scaffold.network import is_kept_to_hosts, needs_network, with_hosts
from handrail.scaffold.settled import Settled
from handrail.scaffold.surroundings import Surroundings
from handrail.scaffold.tables import tables
from handrail.scaffold.toml_text import rendered

_FINDING = re.compile(r"[ES]\d{3}: ")


@dataclass(frozen=True, slots=True)
class Composition:
    """A server file that is not written yet."""

    text: str
    """The file; TOML."""
    notes: tuple[str, ...]
    """What its author should know: a sentence each."""


def composed(answers: Answers, surroundings: Surroundings) -> Composition:
    """The server file that the answers ask for; what they leave open takes its default."""
    settled = Settled(answers, surroundings)
    data = _over(tables(settled), _passed_through(answers))
    text = rendered(data, comments(settled))
    drafts = [_with_needs(draft, settled) for draft in settled.drafts]
    drafts += [Draft(tool) for tool in answers.data.get("tool", ())]
    if drafts:
        from handrail.scaffold.insert import inserted

        text = with_network_comments(inserted(text, drafts), settled)
    return Composition(text, tuple(_notes(settled)))


def _passed_through(answers: Answers) -> dict[str, Any]:
    """What the answers say in the server file's own words."""
    data = answers.data
    return {k: v for k, v in data.items() if not is_own(k, v) and k != "tool"}


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Tables with others laid over them; rules bind together, so they all stay."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            merged[key] = _over(under, value)
        else:
            merged[key] = [*value, *(under or ())] if key == "rule" else value
    return merged


def _with_needs(draft: Draft, settled: Settled) -> Draft:
    """The draft with the variables, and the network, that its command needs."""
    env = dict(draft.tool.get("env", {}))
    for name, value in map(variable, settled.environment):
        env[name] = {"secret": name} if value is None else value
    env |= {name: {"secret": name} for name, _ in map(credential, settled.credentials)}
    tool = {**draft.tool, **({"env": env} if env else {})}
    return with_hosts(replace(draft, tool=tool), settled.hosts)


def _notes(settled: Settled) -> Iterator[str]:
    for draft in settled.drafts:
        # What `check` finds, it tells itself.
        yield from (f"{draft.name}: {note}" for note in draft.notes if not _FINDING.match(note))
        if needs_network(draft) and not settled.hosts:
            yield f"{draft.name}: it has no network, as no hosts were named"
        elif needs_network(draft) and not is_kept_to_hosts(draft):
            yield f"{draft.name}: it may reach any host, as no param of it is a URL"
    if settled.runs in ("docker", "kubernetes"):
        yield from _unfit_for_a_package(settled.name)
    for one in settled.around.databases:
        where = f" at {one.host}" if one.host else ""
        yield f".env names a {one.kind} database{where} ({one.variable}); no tool reaches it"


def _unfit_for_a_package(name: str) -> Iterator[str]:
    # Knows every package that is installed here, which takes a while.
    from handrail.scaffold.eject.names import project_name

    try:
        project_name(name)
    except UsageError as wrong:
        yield f"{wrong.message}: give the project another name by handrail eject --name"
