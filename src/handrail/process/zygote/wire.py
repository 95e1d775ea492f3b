"""What the server and a zygote say to each other, over one SOCK_SEQPACKET socket.

server → zygote   first the marshalled `Cell`; then one byte for each demand, with the order and
                  the descriptors for START
zygote → server   a marshalled tuple, its first item one of the reply names

Marshal is safe here: both ends are ours, run one Python, and no command holds the socket.
"""

from __future__ import annotations

from typing import NamedTuple

START = b"S"
"""Start a call's commands. Carries stdin, stdout and stderr, and the marshalled `Order`: after the
byte when that makes one packet, in a file beside the streams when it does not."""
TERMINATE = b"T"
"""SIGTERM to every process of the call."""
KILL = b"K"
"""SIGKILL to every process of the call."""

FAILED = "failed"
"""(FAILED, errno, what was being done, for which stage): nothing was started, or nothing is left
of it; ready for the next call, unless it was the zygote's own confinement that failed, when the
zygote ends."""
EXITED = "exited"
"""(EXITED, wait statuses): a stage ended, and there are processes left; None for a stage that
still runs."""
EXCEEDED = "exceeded"
"""(EXCEEDED, MEMORY or PIDS): a bound was crossed, and every process was killed."""
GONE = "gone"
"""(GONE, wait statuses, processor seconds, largest resident bytes, bytes written to disks,
refused): nothing is left; ready for the next call. The only reply to most calls. `refused` has the
system calls that the filter refused, each as (number, first argument, second argument), each
once."""

MEMORY = "memory"
PIDS = "pids"

PACKET_BYTES = 16_384
"""The longest packet."""


class Cell(NamedTuple):
    """What holds a zygote, and with it every command that it starts."""

    uid: int
    """Whom to become, before anything is started; -1: stay who we are."""
    gid: int
    folders: tuple[bytes, ...]
    """Folders for temporary files, empty for each call; the first is its TMPDIR."""
    scoped: bool
    """Enter a Landlock signal scope."""
    filter: bytes
    """The seccomp filter; none when empty."""
    unheard: bytes
    """The same filter with answers of its own, for where nobody else may listen."""
    strangers: bytes
    """A further filter, for the threads that start commands; none when empty."""
    answers: dict[int, int]
    """The errno for each system call that the filter leaves to the zygote."""
    grouped: bool
    """A cgroup bounds memory: have the kernel kill commands when there is no more."""
    hard_limits: tuple[tuple[int, int], ...]
    """Hard resource limits, for good."""
    work: str = ""
    """The module that does what is ordered, in place of programs; none when empty."""


Grant = tuple[bytes, int, tuple[bytes, ...]]
"""A path, Landlock's rights over what is there and below, and paths below that get none."""


class Rules(NamedTuple):
    """What a call's Landlock domain handles, and what it grants (landlock(7))."""

    files: int
    ports: int
    scopes: int
    grants: tuple[Grant, ...]
    temporary: int
    """The rights over the zygote's own folders."""


class Order(NamedTuple):
    """The commands of one call. Bounds of 0 are none."""

    stages: list[list[bytes]]
    """The argv of each; what one writes, the next one reads."""
    env: dict[bytes, bytes]
    """A value that begins with `$TMPDIR` gets the folder in its place."""
    root: bytes
    cwd: bytes
    """The working directory, relative to `root`, which no link leads it out of."""
    memory_bytes: int
    pids: int
    cpu_seconds: int
    rules: bytes
    """The marshalled `Rules`; empty for none."""
    kept: tuple[bytes, ...] = ()
    """What the zygote's view must not let anybody write, still."""
    masked: tuple[bytes, ...] = ()
    """What the zygote's view must not let anybody see, still."""
