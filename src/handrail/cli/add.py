"""`handrail add`: an example command, or what others wrote, becomes tools of the server file."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from handrail.cli import streams
from handrail.cli.add_dialogue import agreed
from handrail.cli.add_table import show
from handrail.cli.check import diagnostics_of
from handrail.cli.example import command_line
from handrail.cli.options import AsJson
from handrail.errors import UsageError
from handrail.scaffold.draft import Draft
from handrail.scaffold.drafting import drafted
from handrail.scaffold.insert import inserted
from handrail.scaffold.trial import tried
from handrail.scaffold.write import write_file
from handrail.spec.find import find
from handrail.spec.load import Reading
from handrail.spec.source import Format, open_source

Flag = Annotated[bool, Parameter(negative="")]


@dataclass(frozen=True, slots=True)
class From:
    """Where tools come from, when they do not come from an example."""

    from_help: str | None = None
    """A program, or "PROGRAM SUBCOMMAND": asked for its --help."""
    from_make: str | None = None
    """A Makefile: its targets."""
    from_npm: str | None = None
    """A package.json: its scripts."""
    from_openapi: str | None = None
    """A description of an API, 3.0 or 3.1: its operations, as calls of curl."""
    from_mcpshell: str | None = None
    """A file of MCPShell's."""
    from_genmcp: str | None = None
    """A file of gen-mcp's."""
    only: Annotated[tuple[str, ...], Parameter(negative="")] = ()
    """Only what is called so there; give it again for more."""

    @property
    def sources(self) -> list[tuple[str, str]]:
        """What was named, and where it is."""
        named = {
            "help": self.from_help,
            "make": self.from_make,
            "npm": self.from_npm,
            "openapi": self.from_openapi,
            "mcpshell": self.from_mcpshell,
            "genmcp": self.from_genmcp,
        }
        return [(source, where) for source, where in named.items() if where is not None]


def add(  # noqa: PLR0913  # one for each option
    command: str | None = None,
    *,
    source: Annotated[From, Parameter(name="*")] = From(),
    file: Path | None = None,
    name: str | None = None,
    yes: Flag = False,
    dry_run: Flag = False,
    json_: AsJson = False,
) -> int:
    """Declare a tool from an example of its COMMAND, in quotes, and add it to the server file.

    Its values become params with types and bounds, its flags stay as they are. Nothing is run.

    Parameters
    ----------
    command
        The example: "git log -n 20 --author=Ada src/".
    file
        The server file; handrail.toml here or in the nearest parent when left out.
    name
        What to call the tool.
    yes
        Add it as it is proposed; ask nothing.
    dry_run
        Print what would be added, and write nothing.
    json_
        Print what was drafted as JSON.
    """
    drafts = _drafts(command, source, name)
    path = find(Path.cwd()) if file is None else file
    text = _text(path)
    if sys.stdin.isatty() and sys.stderr.isatty() and not (yes or dry_run or json_):
        chosen = agreed(drafts, command)
        if chosen is None:
            streams.note("Nothing was written.")
            return 1
        drafts = chosen
    else:
        show(drafts)
    made = inserted(text, drafts)
    examined = tried(path.absolute(), made)
    if json_ or dry_run:
        streams.say(_facts(drafts) if json_ else inserted("", drafts))
    if dry_run:
        return 0
    if not yes and not sys.stdin.isatty():
        raise UsageError("nobody can be asked", hint="--yes adds it, --dry-run only shows it.")
    write_file(path, made)
    names = {draft.name for draft in drafts}
    for one in diagnostics_of(examined):
        streams.note(str(one))
    streams.note(f"{path}: added {', '.join(sorted(names))}")
    _say_next(examined.reading, drafts[0].name)
    return 0


def _drafts(command: str | None, source: From, name: str | None) -> Sequence[Draft]:
    """What is asked for, as drafts. Raises `UsageError` unless it is exactly one thing."""
    sources = source.sources
    if (command is None) == (not sources) or len(sources) > 1:
        raise UsageError(
            "give one example command, or one --from-… to take tools from",
            hint='handrail add "git log -n 20 --author=Ada src/"',
        )
    if command is not None:
        return [drafted(command, name=name)]
    from handrail.scaffold.imports.sources import imported

    if name is not None:
        raise UsageError("--name is for one tool, and --from-… may bring several")
    drafts = imported(*sources[0], source.only)
    if not drafts:
        raise UsageError("there is no tool in it")
    return drafts


def _text(path: Path) -> str:
    source = open_source(path)
    if source.format is not Format.TOML:
        raise UsageError(f"{path.name}: tools are added to TOML files only")
    return source.text


def _facts(drafts: Sequence[Draft]) -> str:
    return json.dumps(
        [
            {
                "tool": one.tool,
                "programs": one.programs,
                "words": [
                    {"given": word.given, "meaning": word.meaning, "param": word.param}
                    for word in one.words
                ],
                "notes": one.notes,
            }
            for one in drafts
        ],
        indent=2,
        ensure_ascii=False,
    )


def _say_next(reading: Reading, name: str) -> None:
    tools = reading.spec.tools if reading.spec is not None else ()
    tool = next((one for one in tools if one.name == name), None)
    if tool is None or not tool.examples:
        streams.note(f"next: handrail explain {name}")
        return
    call = command_line(tool, tool.examples[0])
    streams.note(f"next:\n    {call.replace('handrail call', 'handrail explain', 1)}\n    {call}")
