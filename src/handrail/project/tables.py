"""The tables of a server file as Python writes them, with the same keys and values.

Type checkers know the keys; the server's own reader checks the values (docs/server-file.md says
what they mean). Each is a plain dict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired, Required, TypedDict

from handrail.project.tool_tables import Duration, Scalar, Size

Tier = Literal["namespaces", "landlock", "rlimits", "none"]


class Server(TypedDict, total=False):
    """Who the server is."""

    name: str
    instructions: str


class Workspace(TypedDict, total=False):
    """The only tree that tools see."""

    root: str
    per_caller: bool


class Program(TypedDict, total=False):
    """A program that tools may run."""

    path: str
    min_version: str
    apt: str
    profile: str


class SecretSource(TypedDict, total=False):
    """Where a secret comes from: an environment variable, or a file."""

    env: str
    file: str


class Confinement(TypedDict, total=False):
    """What the operating system must enforce."""

    require: Tier
    use: Tier
    user: str | int


class Limits(TypedDict, total=False):
    """Bounds for every tool that does not set its own."""

    timeout: Duration
    memory: Size
    cpu: Duration
    pids: int
    file_size: Size
    open_files: int
    output: Size
    spool: Size
    concurrency: int


class Jwt(TypedDict, total=False):
    """Signed tokens of an issuer."""

    issuer: Required[str]
    audience: Required[str | Sequence[str]]
    jwks: str
    public_key: str
    algorithm: str
    leeway: Duration
    roles: str
    caller: str


class Introspection(TypedDict, total=False):
    """Tokens that their issuer is asked about."""

    url: Required[str]
    client_id: Required[str]
    client_secret: Required[str]
    audience: str | Sequence[str]
    remember: Duration
    roles: str
    caller: str


class Oidc(TypedDict):
    """People who sign in with an OpenID provider, through this server."""

    config: str
    client_id: str
    client_secret: str
    base_url: str
    audience: NotRequired[str]
    roles: NotRequired[str]
    caller: NotRequired[str]


class Proxy(TypedDict, total=False):
    """People whom a proxy signs in."""

    header: str
    roles: str
    secret: str


class Auth(TypedDict, total=False):
    """How callers prove who they are."""

    keys: str
    jwt: Jwt
    introspection: Introspection
    oidc: Oidc
    proxy: Proxy


class Budget(TypedDict, total=False):
    """How much may be used."""

    rate: str
    calls: str
    cpu: str
    wall: str
    output: str
    stored: str
    concurrency: int


class Role(TypedDict, total=False):
    """What callers with a role may use."""

    tools: Sequence[str]
    limits: Budget


class Access(TypedDict, total=False):
    """Who may use what, and how much."""

    roles: Mapping[str, Role]
    limits: Budget
    total: Budget
    local: Sequence[str]
    store: str
    without_store: Literal["refuse", "read"]


class Audit(TypedDict, total=False):
    """Where calls are recorded, and how safely."""

    file: str
    sync: Literal["always", "second"]
    rotate: Size
    keep: int


class Tls(TypedDict):
    """How connections are encrypted."""

    certificate: str
    private_key: str


class Http(TypedDict, total=False):
    """How the server is reached over HTTP."""

    hosts: Sequence[str]
    origins: Sequence[str]
    proxies: Sequence[str]
    tls: Tls


class Telemetry(TypedDict, total=False):
    """What the server tells those who run it."""

    ops: str
    token: str
    otlp: str


class Pattern(TypedDict, total=False):
    """Text that fits a pattern."""

    glob: str
    regex: str


Element = str | Sequence[str] | Pattern
"""One element of argv: a word, one of several, or a pattern."""


class Rule(TypedDict, total=False):
    """What to decide about some calls; of all rules that match a call, the strictest binds."""

    tool: str
    argv: Sequence[Element]
    has: Sequence[Element]
    params: Mapping[str, Scalar | Sequence[Scalar] | Pattern]
    caller: str | Sequence[str]
    role: str | Sequence[str]
    decision: Required[Literal["allow", "ask", "deny"]]
    reason: str
    match: Sequence[Sequence[str]]
    not_match: Sequence[Sequence[str]]
