"""E13x: exit codes, and how output is read."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.diagnostic import Finding
from handrail.spec.server import ServerSpec
from handrail.spec.suggest import did_you_mean


def judge_endings(spec: ServerSpec) -> Iterator[Finding]:
    """Judge `exit_messages` and `parse`."""
    for index, tool in enumerate(spec.tools):
        for code in tool.exit_messages:
            if int(code) > 255:
                at = ("tool", index, "exit_messages", code)
                message = f"exit_messages: {code} is not an exit code; they end at 255"
                yield Finding(at, "E131", message, on_key=True)
        if tool.parse.startswith("jc:"):
            yield from _parser(index, tool.parse.removeprefix("jc:"))


def _parser(index: int, name: str) -> Iterator[Finding]:
    # It knows two hundred parsers and takes a tenth of a second to list them.
    import jc

    # The streaming ones take lines as they come; we parse when the command has ended.
    known = [parser.replace("_", "-") for parser in jc.standard_parser_mod_list()]
    if name.replace("_", "-") not in known:
        message = f'parse: jc has no parser "{name}"{did_you_mean(name, known)}'
        yield Finding(("tool", index, "parse"), "E132", message)
