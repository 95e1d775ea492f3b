"""Questions about the tools, and what they may see and do."""

from __future__ import annotations

from handrail.scaffold.network import example_hosts
from handrail.scaffold.question import Kind, Option, Part, Question
from handrail.scaffold.settled import Settled
from handrail.spec.use import entries, split

_PACKS = {
    "files": "files: read, list, edit",
    "git": "git: status, log, diff",
    "search": "search: text and file names",
}


def _words(entry: str) -> str:
    name, part = split(entry)
    return f"{_PACKS.get(name, name)}" if part is None else f"{name}: those that only read"


def _has_commands(settled: Settled) -> bool:
    return settled.has_commands


def _hosts_found(settled: Settled) -> tuple[str, ...]:
    """Those of the examples, and of databases that the folder names."""
    found = [host for draft in settled.drafts for host in example_hosts(draft)]
    found += [one.host for one in settled.around.databases if one.host]
    return (" ".join(dict.fromkeys(found)),) if found else ()


NAME = Question(
    (
        Part(
            "server.name",
            "What is the server called?",
            "Clients show this name.",
            Kind.TEXT,
            "[server] name",
            lambda settled: settled.name,
        ),
        Part(
            "server.instructions",
            "What is it for, in a sentence?",
            "The model reads this. Left empty, it is made from the tools.",
            Kind.TEXT,
            "[server] instructions",
            lambda settled: settled.instructions,
        ),
    )
)

TOOLS = Question(
    (
        Part(
            "use",
            "Which tools?",
            "Packs are tools that are declared for you.",
            Kind.MANY,
            "use",
            lambda settled: settled.use,
            tuple(Option(entry, _words(entry)) for entry in entries()),
        ),
        Part(
            "commands",
            "Which commands of yours?",
            "An example on each line becomes a tool with typed params: git log -n 20 src",
            Kind.LINES,
            "[[tool]], [programs]",
            lambda settled: settled.commands,
            suggested=lambda settled: settled.around.commands,
        ),
    )
)

CHANGES = Question(
    (
        Part(
            "changes",
            "May tools change things?",
            "Whatever they may do, they do it in the workspace.",
            Kind.CHOICE,
            "use, the effects of tools",
            lambda settled: settled.changes,
            (
                Option("nothing", "No: they only read"),
                Option("files", "Files of the workspace"),
                Option("anything", "Anything: commits, builds"),
            ),
        ),
    )
)

WORKSPACE = Question(
    (
        Part(
            "workspace.root",
            "Which folder may tools see?",
            "It and all in it. Relative paths begin at the server file.",
            Kind.PATH,
            "[workspace] root",
            lambda settled: settled.root,
        ),
    )
)

ENVIRONMENT = Question(
    (
        Part(
            "environment",
            "Which variables do the commands need?",
            "NAME takes the server's own value, NAME=value stands in the file.",
            Kind.NAMES,
            "[secrets], env of the tools",
            lambda settled: settled.environment,
            (),
            _has_commands,
        ),
    )
)

HOSTS = Question(
    (
        Part(
            "hosts",
            "Which hosts may commands reach?",
            "Names with spaces between. None: they have no network.",
            Kind.NAMES,
            "network and url params of the tools",
            lambda settled: settled.hosts,
            (),
            lambda settled: settled.can_reach_hosts,
            _hosts_found,
        ),
    )
)
