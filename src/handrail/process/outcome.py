"""How a call ended and what it said. A command that fails is an outcome, not an exception."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from handrail.meter.account import Usage
from handrail.process.output import Output
from handrail.sandbox.confine import Confinement
from handrail.sandbox.denial import Denial


@dataclass(frozen=True, slots=True)
class Exited:
    """It ended by itself."""

    kind: ClassVar[str] = "exited"
    code: int


@dataclass(frozen=True, slots=True)
class Signalled:
    """A signal ended it, by its name: `SIGSEGV`."""

    kind: ClassVar[str] = "signalled"
    signal: str


@dataclass(frozen=True, slots=True)
class TimedOut:
    """It took too long and was stopped."""

    kind: ClassVar[str] = "timed_out"
    after_seconds: float


@dataclass(frozen=True, slots=True)
class OutputExceeded:
    """It wrote more than is kept and was stopped."""

    kind: ClassVar[str] = "output_exceeded"
    limit_bytes: int


@dataclass(frozen=True, slots=True)
class MemoryExceeded:
    """Its processes held more memory than allowed and were stopped."""

    kind: ClassVar[str] = "memory_exceeded"


@dataclass(frozen=True, slots=True)
class CpuExceeded:
    """It used more processor time than allowed and was stopped."""

    kind: ClassVar[str] = "cpu_exceeded"


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The caller gave up, or the server is going down; it was stopped."""

    kind: ClassVar[str] = "cancelled"


Ending = Exited | Signalled | TimedOut | OutputExceeded | MemoryExceeded | CpuExceeded | Cancelled


@dataclass(frozen=True, slots=True)
class StageEnding:
    """How one stage of a pipeline ended, by the name of its program."""

    program: str
    ending: Ending

    @property
    def failed(self) -> bool:
        """Whether it went wrong. By SIGPIPE ends what its reader wants no more of."""
        return self.ending not in (Exited(0), Signalled("SIGPIPE"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of one call.

    `ending` is the last stage's, unless the call was stopped, or a stage crossed a bound of it.
    `stages` has how each ended, when there are several. `seconds` is wall time from start to
    end, of which `spawn_seconds` went by before its command was started; `cpu_seconds` is the
    processor time of all its processes, `max_rss_bytes` the most memory they were seen to hold,
    `written_bytes` what they wrote to files on disks, as the kernel counts it (ru_oublock of
    getrusage(2), which is nothing for file systems in memory). `denials` say what its
    confinement may have to do with a failure. `value` is the result of work of our own, which
    says it in place of output.
    """

    ending: Ending
    stdout: Output
    stderr: Output
    seconds: float
    cpu_seconds: float
    max_rss_bytes: int
    confinement: Confinement
    written_bytes: int = 0
    spawn_seconds: float = 0.0
    note: str | None = None
    denials: tuple[Denial, ...] = ()
    stages: tuple[StageEnding, ...] = ()
    value: Mapping[str, Any] | None = None

    def is_ok(self, ok_exit: Collection[int]) -> bool:
        """Whether it ended by itself, with one of these codes."""
        return isinstance(self.ending, Exited) and self.ending.code in ok_exit

    @property
    def usage(self) -> Usage:
        """What it cost. Output that is kept on the disk counts as output and as stored."""
        streams = (self.stdout, self.stderr)
        spooled = sum(stream.size for stream in streams if stream.file is not None)
        return Usage(
            cpu=self.cpu_seconds,
            wall=self.seconds,
            output=sum(stream.size for stream in streams),
            stored=self.written_bytes + spooled,
        )
