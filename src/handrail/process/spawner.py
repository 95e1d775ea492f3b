"""One zygote as the server sees it."""

from __future__ import annotations

import asyncio
import marshal
import os
import socket
from dataclasses import dataclass
from typing import Any, TypeVar

from handrail.errors import Internal
from handrail.process.boot import Booted
from handrail.process.cgroup import Group
from handrail.process.memory_file import memory_file
from handrail.process.zygote import wire
from handrail.sandbox.cell import Cell
from handrail.sandbox.denial import Refusal

_T = TypeVar("_T")


class NotStarted(OSError):
    """A call was not started; `filename` says what was being done, and `stage` for which stage."""

    stage = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """What all processes of a call used together, and the system calls that were refused them.

    `statuses` are the wait statuses of its stages.
    """

    statuses: tuple[int, ...]
    cpu_seconds: float
    largest_bytes: int
    written_bytes: int
    refused: tuple[Refusal, ...]


class Tally:
    """How often a zygote's cgroup had no memory, and no place for a process, left."""

    def __init__(self, group: Group | None) -> None:
        self._group = group
        self._seen = (0, 0)

    def news(self) -> tuple[int, int]:
        """Both, since the last time."""
        if self._group is None:
            return 0, 0
        before, self._seen = self._seen, (self._group.oom_kills(), self._group.pids_refused())
        return self._seen[0] - before[0], self._seen[1] - before[1]


class Running:
    """The call that a zygote serves: what has been heard of it so far.

    `exited` comes with the last stage's end, `ended` when no stage runs any more, `gone` when
    none of its processes is left. They fail with `NotStarted` when a stage could not be started.
    `stopped` are the stages that did not end by themselves. `starved` and `forks_refused` are
    how often its cgroup had no memory, and no place for a process, left.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, tally: Tally, stages: int) -> None:
        self._tally = tally
        self._statuses: tuple[int | None, ...] = (None,) * stages
        self.stopped: frozenset[int] = frozenset()
        self.exited: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()
        self.gone: asyncio.Future[Usage] = loop.create_future()
        self.exceeded: str | None = None
        self.starved = 0
        self.forks_refused = 0

    def hear(self, name: str, values: tuple[Any, ...]) -> None:
        """Take one reply of the zygote."""
        match name:
            case wire.EXITED:
                self._see(values[0])
            case wire.EXCEEDED:
                self.exceeded = values[0]
                self.stopping()
            case wire.GONE:
                self._see(values[0])
                statuses, cpu_seconds, largest_bytes, written_bytes, refused = values
                seen = tuple(Refusal(*one) for one in refused)
                self.starved, self.forks_refused = self._tally.news()
                usage = Usage(statuses, cpu_seconds, largest_bytes, written_bytes, seen)
                _settle(self.gone, usage)
            case wire.FAILED:
                self._tally.news()  # of what was started, and not of the next call
                failed = NotStarted(values[0], os.strerror(values[0]), values[1])
                failed.stage = values[2]
                self.lose(failed)
            case _:
                self.lose(Internal(f"a zygote said {name}"))

    def stopping(self) -> None:
        """Note which stages still run, for they do not end by themselves any more."""
        if not self.stopped:
            running = (stage for stage, status in enumerate(self._statuses) if status is None)
            self.stopped = frozenset(running)

    def lose(self, why: Exception) -> None:
        """Whatever is still waited for will not come."""
        for future in (self.exited, self.ended, self.gone):
            if not future.done():
                future.set_exception(why)
                future.exception()  # looked at, so that asyncio does not complain of the other

    def _see(self, statuses: tuple[int | None, ...]) -> None:
        self._statuses = statuses
        if statuses[-1] is not None:
            _settle(self.exited, None)
        if None not in statuses:
            _settle(self.ended, None)


def _settle(future: asyncio.Future[_T], value: _T) -> None:
    if not future.done():
        future.set_result(value)


class Spawner:
    """A zygote process, in its cell, and the socket to it. One call at a time."""

    def __init__(
        self, cell: Cell, group: Group | None = None, root: tuple[int, int] = (0, 0)
    ) -> None:
        self.cell = cell
        self.root = root
        self._group = group
        self._tally = Tally(group)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                self.zygote = Booted(cell, theirs.fileno(), group)
            except OSError:
                ours.close()
                raise
        ours.settimeout(0)
        self._channel = ours
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(ours, self._on_readable)
        self._running: Running | None = None
        self.calls = 0
        self.alive = True
        self._last_words = ""
        self._send(marshal.dumps(tuple(self.zygote.packed)))

    @property
    def free(self) -> bool:
        """Whether it can serve a call: it lives, and nothing of the last call is left."""
        return self.alive and self._running is None

    def ready(self) -> bool:
        """Whether it can serve a call now: its end may have come, and not have been heard."""
        if self.free:
            self._on_readable()
        return self.free

    def start(self, order: wire.Order, streams: list[int]) -> Running:
        """Have a call's commands started; what becomes of them is heard through what is returned.

        Raises `OSError` when no descriptor is left for the order, or when what the last call
        held in memory cannot be had back.
        """
        self.calls += 1
        running = Running(self._loop, self._tally, len(order.stages))
        if self._group is not None:
            # Exact, where the zygote would only look from time to time.
            self._group.limit(order.memory_bytes, order.pids)
            order = order._replace(memory_bytes=0, pids=0)
        packed = marshal.dumps(tuple(order))
        if len(packed) < wire.PACKET_BYTES:
            self._running = running
            self._send(wire.START + packed, streams)
            return running
        file = memory_file("order", packed)
        try:
            self._running = running
            self._send(wire.START, [*streams, file])
        finally:
            os.close(file)
        return running

    def terminate(self) -> None:
        """Ask every process of the call to end."""
        self._stopping()
        self._send(wire.TERMINATE)

    def kill(self) -> None:
        """End every process of the call."""
        self._stopping()
        self._send(wire.KILL)

    def close(self, why: Exception | None = None) -> None:
        """Let go: the zygote sees the end of the socket, kills its tree and exits."""
        if self.alive:
            self.alive = False
            self._loop.remove_reader(self._channel)
            self._channel.close()
            self._last_words = self.zygote.last_words()
        if self._running is not None:
            self._running.lose(why or self._death())

    def _stopping(self) -> None:
        if self._running is not None:
            self._running.stopping()

    def _death(self) -> Exception:
        died = Internal("the process that ran the command died")
        if self._last_words:
            # For the log, and for whoever asks why a tier cannot be had; callers never see it.
            died.add_note(self._last_words)
        return died

    def _send(self, packet: bytes, descriptors: list[int] | None = None) -> None:
        try:
            socket.send_fds(self._channel, [packet], descriptors or [])
        except OSError:
            self.close()

    def _on_readable(self) -> None:
        try:
            packet = self._channel.recv(wire.PACKET_BYTES)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if not packet:
            self.close()
            return
        name, *values = marshal.loads(packet)  # noqa: S302  # our own zygote wrote it
        running = self._running
        if running is None:
            return
        if name in (wire.GONE, wire.FAILED):
            self._running = None
        running.hear(name, tuple(values))
