"""One command of a plan. A pipeline has several, each reading what the one before it writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from handrail.plan.host import Host
from handrail.plan.inspect import inspected
from handrail.plan.program import Program
from handrail.profiles.read import Setting, read
from handrail.profiles.reading import Reading


@dataclass(frozen=True, slots=True)
class Stage:
    """A program and its arguments; `argv[0]` is the program's absolute path.

    `reading` is what the program's profile says of these arguments; None without a profile.
    `wrapped` are the programs that it will start on the caller's word, as `nice git status` does.
    `work` is the module of ours that does it, when it is no program of the machine.
    """

    program: Program
    argv: tuple[str, ...] = field(repr=False)
    reading: Reading | None = field(default=None, repr=False)
    wrapped: tuple[Program, ...] = ()
    work: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The command as people say it: the program by its name."""
        return (self.program.name, *self.argv[1:])

    def recheck(self) -> None:
        """Refuse programs that were exchanged since they were found. Raises `SpawnFailed`."""
        for program in (self.program, *self.wrapped):
            program.recheck()


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier call wrote, as the input of this one: `stream` is stdout or stderr."""

    call_id: str
    stream: str = "stdout"


def declared_stage(program: str, words: Sequence[str], cwd: Path, host: Host) -> Stage:
    """The command that a tool's author declared, with what its program always needs added.

    Raises `Denied` for what cannot be made harmless here, as some repositories.
    """
    found = host.programs[program]
    setting = Setting({program: host.profiles.get(program)}, free=False)
    reading = read(program, words, setting)
    if reading is None:
        return Stage(found, (str(found.path), *words))
    reading = inspected(reading, cwd, host)
    argv = (str(found.path), *reading.arguments(lambda _: str(found.path)))
    return Stage(found, argv, reading)
