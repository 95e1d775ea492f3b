"""What a part of a command line is to its program (docs/profiles.md has the table)."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What an option does, or what its value or an operand is."""

    FLAG = "flag"
    """A switch that does no harm."""
    TEXT = "text"
    """Words, numbers, patterns."""
    READ = "read"
    """A path that is read."""
    WRITE = "write"
    """A path that is written."""
    DESTROY = "destroy"
    """A path that is removed or emptied."""
    FOLDER = "folder"
    """A directory to work in; what follows is relative to it."""
    PATH = "path"
    """A path of the workspace that need not exist, as git's pathspecs are."""
    MAYBE = "maybe"
    """Text, or a path, as it happens to be there."""
    WRITES = "writes"
    """A switch that makes it write."""
    DESTROYS = "destroys"
    """A switch that makes it destroy."""
    FOLLOWS = "follows"
    """A switch that makes it follow links."""
    LISTS = "lists"
    """A file that lists further files."""
    CODE = "code"
    """A program in its own language."""
    LOAD = "load"
    """A file of code, plugins, configuration or options."""
    RUN = "run"
    """A program to run, or any other way to take over."""
    RUNS = "runs"
    """A switch that makes it run something."""
    COMMAND = "command"
    """A command line of its own."""
    SENDS = "sends"
    """Text, or after `@` a path that is read."""
    URL = "url"
    """An address."""
    NETWORK = "network"
    """Text that is of use only with the network."""
    LOCAL = "local"
    """A path that is read, and never another host's."""
    LOCAL_WRITE = "local_write"
    """A path that is written, and never another host's."""
    ASSIGNMENT = "assignment"
    """NAME=VALUE for another program's environment."""
    UNKNOWN = "unknown"
    """An option or a subcommand that the profile does not name."""
    SURPLUS = "surplus"
    """An operand where the profile allows none."""
    REFUSED = "refused"
    """What the profile refuses, with its reason as the value."""
    EXECUTES_WORKSPACE = "executes_workspace"
    """It runs code from files in the workspace."""
    EXECUTES_CALLER = "executes_caller"
    """It runs code that the caller gives."""
    LEANS = "leans"
    """Only confinement keeps its reading inside; the value says why."""
    EFFECT = "effect"
    """What it does to the world when no option says more: read, write or destructive."""

    @property
    def takes_value(self) -> bool:
        """Whether an option of this role takes a value."""
        return self not in _SWITCHES


_SWITCHES = frozenset({Role.FLAG, Role.WRITES, Role.DESTROYS, Role.FOLLOWS, Role.RUNS})
