"""The twelve questions."""

from __future__ import annotations

from typing import Any

from handrail.scaffold.answers import Answers
from handrail.scaffold.question import Kind, Option, Part, Question
from handrail.scaffold.settled import REDIS_URL, Settled
from handrail.scaffold.surroundings import Surroundings
from handrail.spec.use import entries, split

_PACKS = {
    "files": "files: read, list, edit",
    "git": "git: status, log, diff",
    "search": "search: text and file names",
}


def _words(entry: str) -> str:
    name, part = split(entry)
    return f"{_PACKS.get(name, name)}" if part is None else f"{name}: those that only read"


def _uses_git(settled: Settled) -> bool:
    return settled.has_commands or any(entry.startswith("git") for entry in settled.use)


def _has_commands(settled: Settled) -> bool:
    return settled.has_commands


def _is_remote(settled: Settled) -> bool:
    return settled.runs != "stdio"


def _takes_tokens(settled: Settled) -> bool:
    return settled.auth == "jwt"


def _token(key: str, ask: str, help_: str) -> Part:
    return Part(
        f"auth.jwt.{key}", ask, help_, Kind.TEXT, "[auth.jwt]", lambda _: None, (), _takes_tokens
    )


QUESTIONS: tuple[Question, ...] = (
    Question(
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
    ),
    Question(
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
            ),
        )
    ),
    Question(
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
    ),
    Question(
        (
            Part(
                "state",
                "What is kept between calls?",
                "Budgets, and a record of every call that can be verified.",
                Kind.CHOICE,
                "[access] store, [audit]",
                lambda settled: settled.state,
                (
                    Option("none", "Nothing"),
                    Option("disk", "Both, beside the file"),
                    Option("redis", "Budgets in a Redis, for many"),
                ),
            ),
            Part(
                "access.store",
                "Where is the Redis?",
                "Its URL. ${NAME} and ${NAME:-default} are replaced when the server starts.",
                Kind.TEXT,
                "[access] store",
                lambda _: REDIS_URL,
                (),
                lambda settled: settled.state == "redis",
            ),
        )
    ),
    Question(
        (
            Part(
                "runs",
                "Where will it run?",
                "Over HTTP, callers prove who they are.",
                Kind.CHOICE,
                "[telemetry] ops, [auth]",
                lambda settled: settled.runs,
                (
                    Option("stdio", "Here: a client starts it"),
                    Option("http", "Over HTTP"),
                    Option("docker", "In a container"),
                    Option("kubernetes", "In Kubernetes"),
                ),
            ),
        )
    ),
    Question(
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
    ),
    Question(
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
    ),
    Question(
        (
            Part(
                "confinement.require",
                "How strongly must commands be confined?",
                "Where that cannot be had, the server does not start.",
                Kind.CHOICE,
                "[confinement] require",
                lambda settled: settled.require,
                (
                    Option("landlock", "landlock: files, network"),
                    Option("namespaces", "namespaces: a view of its own"),
                    Option("rlimits", "rlimits: limits alone"),
                ),
            ),
            Part(
                "deny",
                "Which commands must never run?",
                "How they begin, like git push; one on each line.",
                Kind.LINES,
                "[[rule]]",
                lambda settled: settled.deny,
                (),
                _uses_git,
            ),
        )
    ),
    Question(
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
            ),
        )
    ),
    Question(
        (
            Part(
                "credentials",
                "Which secrets do the commands need?",
                "NAME is a variable of the server, NAME=/path a file. Never the value itself.",
                Kind.NAMES,
                "[secrets], env of the tools",
                lambda settled: settled.credentials,
                (),
                _has_commands,
            ),
            Part(
                "auth",
                "How do callers prove who they are?",
                "Without any proof, only this machine may call.",
                Kind.CHOICE,
                "[auth], [access.roles]",
                lambda settled: settled.auth,
                (
                    Option("keys", "Keys: handrail key new NAME"),
                    Option("jwt", "Signed tokens of an issuer"),
                    Option("none", "They do not"),
                ),
                _is_remote,
            ),
            _token("issuer", "Who issues the tokens?", "What iss must be: https://login…"),
            _token("jwks", "Where are the issuer's keys?", "https://login…/jwks.json"),
            _token("audience", "What is this server to the issuer?", "What aud must be."),
        )
    ),
    Question(
        (
            Part(
                "limits",
                "How much may one call take?",
                "Time, memory, output shown; and how many calls at once.",
                Kind.LIMITS,
                "[limits]",
                lambda settled: settled.limits,
            ),
        )
    ),
    Question(
        (
            Part(
                "logging",
                "How is the log written?",
                "It goes to stderr.",
                Kind.CHOICE,
                "nothing: --log-format of handrail serve",
                lambda settled: settled.logging,
                (Option("text", "Plain lines"), Option("json", "JSON, for collectors")),
            ),
            Part(
                "telemetry.otlp",
                "Where do traces and metrics go?",
                "A collector, like http://127.0.0.1:4318. Left empty: nowhere.",
                Kind.TEXT,
                "[telemetry] otlp",
                lambda _: "",
                (),
                _is_remote,
            ),
        )
    ),
)
PARTS = tuple((number, part) for number, one in enumerate(QUESTIONS, 1) for part in one.parts)
"""Every answer there is to give, with the number of its question."""


def facts(surroundings: Surroundings) -> list[dict[str, Any]]:
    """The interview as data, with the defaults that hold in these surroundings.

    What belongs to the same question is in `also`. `applies` is whether it has any meaning as
    long as all other answers are the defaults; `default` is None for what must be given then.
    """
    settled = Settled(Answers(), surroundings)
    told = []
    for one in QUESTIONS:
        first, *others = (_fact(part, settled) for part in one.parts)
        told.append({**first, "also": others} if others else first)
    return told


def _fact(part: Part, settled: Settled) -> dict[str, Any]:
    options = [{"value": one.value, "words": one.words} for one in part.options]
    return {
        "key": part.key,
        "question": part.ask,
        "help": part.help,
        "kind": part.kind.value,
        **({"options": options} if options else {}),
        "default": part.default(settled),
        "applies": part.applies(settled),
        "writes": part.writes,
    }
