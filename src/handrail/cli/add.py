"""`handrail add`: an example command, or what others wrote, becomes tools of the server file."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from handrail.cli import streams
from handrail.cli.add_dialogue import Wish, agreed
from handrail.cli.add_facts import Added
from handrail.cli.add_table import show
from handrail.cli.options import AsJson
from handrail.errors import UsageError
from handrail.scaffold.draft import Draft
from handrail.scaffold.insert import inserted
from handrail.scaffold.trial import tried
from handrail.scaffold.write import write_file
from handrail.spec.find import find
from handrail.spec.load import read
from handrail.spec.source import Format, open_source

Flag = Annotated[bool, Parameter(negative="")]
Where = Annotated[tuple[str, ...] | None, Parameter(negative="", consume_multiple=(0, 1))]
"""A file, or nothing for the usual one."""


@dataclass(frozen=True, slots=True)
class From:
    """Where tools come from, when they do not come from an example."""

    from_help: str | None = None
    """A program, or "PROGRAM SUBCOMMAND": asked for its --help."""
    from_make: Where = None
    """A Makefile, by default the one here: its targets."""
    from_npm: Where = None
    """A package.json, by default the one here: its scripts."""
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
        return [
            (source, where if isinstance(where, str) else "".join(where))
            for source, where in named.items()
            if where is not None
        ]


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
    Exit code 0 when the file can be served here, 1 when what `handrail check` finds hinders that,
    or nothing was written.

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
        Print what was done as JSON.
    """
    wish = None if command is None else Wish(command, name)
    drafts = _drafts(wish, source, name)
    place = _Place.of(find(Path.cwd()) if file is None else file)
    if _is_at_terminal() and not (yes or dry_run or json_):
        drafts = _asked(drafts, wish, place)
        if not drafts:
            return 1
    elif not json_:
        show(drafts)
    if not (yes or dry_run) and (json_ or not _is_at_terminal()):
        raise UsageError("nobody can be asked", hint="--yes adds it, --dry-run only shows it.")
    added = place.added(drafts)
    if not dry_run:
        place.write(added)
    if json_:
        facts = added.facts(written=not dry_run)
        streams.say(json.dumps(facts, indent=2, ensure_ascii=False))
    elif dry_run:
        streams.say(inserted("", drafts))
    else:
        streams.note("\n".join(added.lines()))
    return 1 if not dry_run and any(one.is_error for one in added.findings) else 0


@dataclass(frozen=True, slots=True)
class _Place:
    """The server file as it is."""

    file: Path
    text: str

    @classmethod
    def of(cls, file: Path) -> _Place:
        source = open_source(file)
        if source.format is not Format.TOML:
            raise UsageError(
                f"{file.name}: tools are added to TOML files only",
                hint="--dry-run prints the tool; write the same keys into your file.",
            )
        return cls(file, source.text)

    def added(self, drafts: Sequence[Draft]) -> Added:
        """The file with the drafts in it. Raises `UsageError`, and `SpecError` when it is wrong."""
        packs = read(self.file, os.environ).expansion.packs()
        for draft in drafts:
            if draft.name in packs:
                raise UsageError(
                    f'pack "{packs[draft.name]}" has a tool called "{draft.name}" already',
                    hint="Give this one another name: --name NAME.",
                )
        text = inserted(self.text, drafts)
        return Added(self.file, text, drafts, tried(self.file.absolute(), text))

    def write(self, added: Added) -> None:
        """Put the new text into the file. Raises `UsageError` when it has changed meanwhile."""
        if open_source(self.file).text != self.text:
            raise UsageError(f"{self.file} has changed meanwhile; nothing was written")
        write_file(self.file, added.text)


def _asked(drafts: Sequence[Draft], wish: Wish | None, place: _Place) -> Sequence[Draft]:
    try:
        chosen = agreed(drafts, wish, place.added)
    except KeyboardInterrupt:
        streams.note("\nNothing was written.")
        raise
    if chosen is None:
        streams.note("Nothing was written.")
    return chosen or ()


def _is_at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _drafts(wish: Wish | None, source: From, name: str | None) -> Sequence[Draft]:
    """What is asked for, as drafts. Raises `UsageError` unless it is exactly one thing."""
    sources = source.sources
    if (wish is None) == (not sources) or len(sources) > 1:
        raise UsageError(
            "give one example command, or one --from-… to take tools from",
            hint='handrail add "git log -n 20 --author=Ada src/"',
        )
    if wish is not None:
        if source.only:
            raise UsageError("--only is for --from-…")
        return [wish.draft()]
    from handrail.scaffold.imports.sources import imported

    if name is not None:
        raise UsageError("--name is for one tool, and --from-… may bring several")
    return imported(*sources[0], source.only)
