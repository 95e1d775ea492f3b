"""An example of a tool as the command that calls it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from handrail.spec.tool import ExampleSpec, FreeSpec, ToolSpec


def command_line(tool: ToolSpec, example: ExampleSpec) -> str:
    """`handrail call git_log limit=5`, to be typed into a shell."""
    return shlex.join(["handrail", "call", tool.name, *_words(tool, example)])


def _words(tool: ToolSpec, example: ExampleSpec) -> Iterator[str]:
    command: list[str] = []
    for name, value in example.args.items():
        items = list(value) if isinstance(value, tuple) else [value]
        if isinstance(tool, FreeSpec) and name == "argv":
            command = ["--", *map(str, items)]
        else:
            hidden = name in tool.accepts and tool.accepts[name].sensitive
            yield from (f"{name}={'***' if hidden else _text(item)}" for item in items)
    yield from command


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
