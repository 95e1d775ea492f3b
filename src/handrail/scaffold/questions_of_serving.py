"""Questions about the server that has the tools: its bounds, its callers, its log."""

from __future__ import annotations

from handrail.scaffold.question import Kind, Option, Part, Question
from handrail.scaffold.settled import REDIS_URL, Settled


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


STATE = Question(
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
)

RUNS = Question(
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
)

CONFINEMENT = Question(
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
)

CREDENTIALS = Question(
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
)

LIMITS = Question(
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
)

LOGGING = Question(
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
)
