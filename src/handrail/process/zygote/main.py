"""The zygote's loop: wait for an order, start it, watch it, and leave nothing behind.

Run as `python -I -S`, with the standard library only, so that it is small and starts fast.
The commands of a call are started by a thread that has entered a Landlock domain of its own and
then ends, so that they can signal neither their zygote nor anyone else's.
"""

from __future__ import annotations

import array
import gc
import marshal
import os
import select
import signal
import socket
import time
from typing import Any

from . import cell, kernel, tree, wire, work
from .failure import Failure
from .folders import Folders
from .pipeline import bound
from .refusals import Refusals
from .spawn import Launcher
from .thread import in_thread
from .victim import Victim

_FIRST_WATCH_SECONDS = 0.005
_WATCH_SECONDS = 0.05
# What ru_oublock counts (getrusage(2)), however large the blocks of a disk are.
_BLOCK_BYTES = 512
# The end of its socket ends a zygote, and nothing else: whoever stops the whole server lets it
# end its calls in order. SIGXCPU would be meant for the command (see spawn.py).
_DEAF_TO = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU)


class Call:
    """What the zygote knows of the call that it serves."""

    def __init__(self, order: wire.Order, pids: list[int]) -> None:
        self.order = order
        self.running = {pid: stage for stage, pid in enumerate(pids)}
        self.statuses: list[int | None] = [None] * len(pids)
        self.cpu_seconds = 0.0
        self.largest_bytes = 0
        self.written_bytes = 0
        self.bounded: set[int] = set()


class Zygote:
    """One warm process."""

    def __init__(self, channel: socket.socket, held: wire.Cell) -> None:
        self.channel = channel
        self.folders = Folders(held.folders)
        mine = work.load(held.work) if held.work else None
        self.launcher = Launcher(self.folders, Victim(wanted=held.grouped), held.strangers, mine)
        self.call: Call | None = None
        self.received = array.array("i")
        self.poll = select.poll()
        self.wakeup = kernel.heard(signal.SIGCHLD)
        self.scoped, listener = cell.enter(held)
        self.refusals = Refusals(listener, held.answers)
        for descriptor in (channel.fileno(), self.wakeup, listener):
            if descriptor >= 0:
                self.poll.register(descriptor, select.POLLIN)

    def serve(self) -> None:
        """Serve call after call, until the server closes its end or dies."""
        goes_on = True
        while goes_on:
            try:
                call = in_thread(self._take)
            except Failure as failure:
                self._abandon(failure)
            except OSError as error:
                goes_on = self._refuse(error)
            else:
                goes_on = call is not None and self._attend(call)

    def _take(self) -> Call | None:
        """Wait for an order and start its command: all in a thread, whose domain it will have.

        That the thread is made before the order comes keeps the making out of the call's time.
        """
        self.launcher.prepare()
        packet = self._receive()
        while packet and packet[:1] != wire.START:
            packet = self._receive()  # it came too late for the last call
        if not packet:
            return None
        try:
            packed = packet[1:] or _content(self.received[3])
            return Call(*self.launcher.launch(packed, self.received))
        finally:
            self._close_received()

    def _refuse(self, error: OSError) -> bool:
        """Answer an order without a thread to serve it in; False when there are no more."""
        packet = self._receive()
        if packet[:1] == wire.START:
            self._say(wire.FAILED, error.errno, "making a thread", 0)
        self._close_received()
        return bool(packet)

    def _abandon(self, failure: Failure) -> None:
        """Say that a call was not started, when nothing of it is left."""
        os.chdir("/")
        if failure.partial:
            self._kill_all()
            self.refusals.take()
            self.folders.clear()
        self._say(wire.FAILED, failure.errno, failure.filename, failure.stage)

    def _attend(self, call: Call) -> bool:
        """Watch over a call until nothing is left of it; False when the server went first."""
        self.call = call
        for pid in call.running:
            bound(pid, call.order)
        next_watch = time.monotonic() + _FIRST_WATCH_SECONDS
        while self.call is not None:
            ready = dict(self.poll.poll(max(0.0, next_watch - time.monotonic()) * 1000))
            if self.wakeup in ready:
                os.read(self.wakeup, 4096)
            if self.channel.fileno() in ready and not self._obey():
                return False
            if self.refusals.listener in ready:
                self.refusals.answer()
            self._reap(call)
            if time.monotonic() >= next_watch:
                next_watch = time.monotonic() + _WATCH_SECONDS
                self._watch(call)
        return True

    def _obey(self) -> bool:
        packet = self._receive()
        if packet == wire.TERMINATE:
            tree.signal_all(signal.SIGTERM, scoped=self.scoped)
        elif packet == wire.KILL:
            tree.signal_all(signal.SIGKILL, scoped=self.scoped)
        return bool(packet)

    def _receive(self) -> bytes:
        """The next packet, its descriptors put aside; nothing when the server is gone."""
        try:
            packet, ancillary, *_ = self.channel.recvmsg(
                wire.PACKET_BYTES, socket.CMSG_SPACE(4 * 4), socket.MSG_CMSG_CLOEXEC
            )
        except ConnectionResetError:
            return b""
        self.received = array.array("i", ancillary[0][2]) if ancillary else array.array("i")
        return packet

    def _close_received(self) -> None:
        while self.received:
            os.close(self.received.pop())

    def _reap(self, call: Call) -> None:
        """Collect what has ended; say so when it was the last, or a stage before others."""
        left = True
        before = len(call.running)
        while left:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                self._finish(call)
                return
            left = pid != 0
            call.cpu_seconds += usage.ru_utime + usage.ru_stime
            call.largest_bytes = max(call.largest_bytes, usage.ru_maxrss * 1024)
            call.written_bytes += usage.ru_oublock * _BLOCK_BYTES
            if pid in call.running:
                call.statuses[call.running.pop(pid)] = status
        if len(call.running) < before:
            self._say(wire.EXITED, tuple(call.statuses))

    def _finish(self, call: Call) -> None:
        self.call = None
        self._say(
            wire.GONE,
            tuple(call.statuses),
            call.cpu_seconds,
            call.largest_bytes,
            call.written_bytes,
            self.refusals.take(),
        )
        # After the word, for which somebody waits: no order is taken before this is done.
        os.chdir("/")
        self.folders.clear()

    def _watch(self, call: Call) -> None:
        """Kill a call whose processes hold too much together, or are too many."""
        pids = tree.descendants()
        # What a command forks before it is bounded itself could raise its limits again.
        for pid in set(pids) - call.bounded:
            bound(pid, call.order)
        call.bounded = set(pids)
        held = tree.resident_bytes(pids)
        call.largest_bytes = max(call.largest_bytes, held)
        limit = call.order.memory_bytes
        if held > limit > 0 and tree.own_bytes(pids) > limit:
            self._exceeded(wire.MEMORY)
        elif len(pids) > call.order.pids > 0:
            self._exceeded(wire.PIDS)

    def _exceeded(self, what: str) -> None:
        self._say(wire.EXCEEDED, what)
        tree.signal_all(signal.SIGKILL, scoped=self.scoped)

    def end(self) -> None:
        """Kill and collect everything; the temporary folders go too."""
        self._kill_all()
        self.folders.remove()

    def _kill_all(self) -> None:
        tree.signal_all(signal.SIGKILL, scoped=self.scoped)
        try:
            while True:
                os.wait4(-1, 0)
        except ChildProcessError:
            pass

    def _say(self, *reply: Any) -> None:
        _send(self.channel, reply)


def _send(channel: socket.socket, reply: tuple[Any, ...]) -> None:
    try:
        channel.send(marshal.dumps(reply))
    except (BrokenPipeError, ConnectionResetError):
        pass  # the server is gone; the next poll sees the end of the channel


def _content(file: int) -> bytes:
    return os.pread(file, os.fstat(file).st_size, 0)


def main(descriptor: int) -> None:
    """Serve the socket at `descriptor`, and take everything along at the end."""
    # It came to us by inheritance; a command that inherited it too could speak as its zygote.
    os.set_inheritable(descriptor, False)  # noqa: FBT003  # its second parameter has no name
    channel = socket.socket(fileno=descriptor)
    packet = channel.recv(wire.PACKET_BYTES)
    if not packet:
        return
    for number in _DEAF_TO:
        signal.signal(number, signal.SIG_IGN)
    try:
        zygote = Zygote(channel, wire.Cell(*marshal.loads(packet)))
    except OSError as error:
        _send(channel, (wire.FAILED, error.errno, error.filename or "confining itself", 0))
        return
    gc.freeze()
    gc.disable()
    try:
        zygote.serve()
    finally:
        zygote.end()
