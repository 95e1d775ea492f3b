"""A declared tool as Python writes it: the tables of `[[tool]]`, with the same keys and values.

Type checkers know the keys; the server's own reader checks the values (docs/server-file.md says
what they mean). Each is a plain dict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired, Required, TypedDict, Union

Scalar = bool | int | float | str
"""What one value of a param can be."""
Size = int | str
"""Bytes, or text like `"512MiB"`."""
Duration = float | str
"""Seconds, or text like `"30s"`."""


class When(TypedDict):
    """Arguments that are present when a boolean param is true."""

    when: str
    args: Sequence[Argument]


class Unless(TypedDict):
    """Arguments that are present when a boolean param is false or unset."""

    unless: str
    args: Sequence[Argument]


class Each(TypedDict):
    """Arguments that are repeated for every item of a repeated param."""

    each: str
    args: Sequence[Argument]


Argument = Union[str, "list[Argument]", When, Unless, Each]  # `|` takes no text
"""One item of `args`; a list is dropped whole when a param in it is unset."""


class Param(TypedDict, total=False):
    """One parameter of a tool."""

    type: Literal["string", "integer", "number", "boolean", "path"]
    description: str
    required: bool
    default: Scalar | Sequence[Scalar]
    repeat: bool
    choices: Sequence[Scalar]
    pattern: str
    min: float
    max: float
    max_length: int
    max_items: int
    sensitive: bool
    multiline: bool
    dash: bool


class Expect(TypedDict, total=False):
    """What an example must lead to."""

    ending: Literal["exited", "signalled", "timed_out", "output_exceeded"]
    code: int
    stdout: str


class Example(TypedDict, total=False):
    """One use of a tool."""

    args: Mapping[str, Scalar | Sequence[Scalar]]
    expect: Expect


class Pages(TypedDict):
    """Which params say what part of a long list is wanted."""

    limit: str
    skip: NotRequired[str]
    start: NotRequired[str]


class Secret(TypedDict):
    """The value of a declared secret."""

    secret: str


class Tool(TypedDict, total=False):
    """What every tool has."""

    name: Required[str]
    description: Required[str]
    effect: Literal["read", "write", "destructive"]
    env: Mapping[str, str | Secret]
    timeout: Duration
    memory: Size
    cpu: Duration
    pids: int
    file_size: Size
    open_files: int
    output: Size
    network: bool
    readable: Sequence[str]
    writable: Sequence[str]
    executable: Sequence[str]
    concurrency: int
    rate: str
    requires: Sequence[str]
    approval: Literal["never", "always"]
    ok_exit: Sequence[int]
    exit_messages: Mapping[str, str]
    parse: str
    progress: str
    idempotent: bool
    acknowledge: Sequence[
        Literal["executes-workspace-code", "executes-callers-code", "unknown-programs"]
    ]
    allow: Sequence[str]
    example: Sequence[Example]


class Command(Tool, total=False):
    """A tool that runs one program, with arguments made from its params."""

    program: Required[str]
    args: Sequence[Argument]
    params: Mapping[str, Param]
    stdin: str
    cwd: str
    pages: Pages


class Free(Tool, total=False):
    """A tool whose caller gives argv, to be judged by the programs' profiles and by rules."""

    programs: Required[Sequence[str]]


class Files(Tool, total=False):
    """A tool that works on files of the workspace, without any program."""

    files: Required[
        Literal[
            "read",
            "list",
            "find",
            "grep",
            "stat",
            "write",
            "edit",
            "move",
            "copy",
            "delete",
            "restore",
        ]
    ]


AnyTool = Command | Free | Files
"""One tool of any kind."""
