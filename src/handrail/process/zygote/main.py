"""The zygote's loop: wait for an order, start it, watch it, and leave nothing behind.

Run as `python -I -S`, with the standard library only, so that it is small and starts fast.
Each command is started by a thread that has entered a Landlock domain of its own and then ends,
so that a command can signal neither its zygote nor anyone else's.
"""

from __future__ import annotations

import array
import errno
import gc
import marshal
import os
import resource
import select
import signal
import socket
import time

from . import kernel, tree, wire
from .folder import Folder
from .thread import in_thread

_WATCH_SECONDS = 0.05
# The end of its socket ends a zygote, and nothing else: whoever stops the whole server lets it
# end its calls in order. SIGXCPU would be meant for the command (see _spawn).
_DEAF_TO = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU)
# Whatever we or the server ignore, a command starts with nothing ignored.
_RESET_SIGNALS = signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}


class Call:
    """What the zygote knows of the call that it serves."""

    def __init__(self, order: wire.Order, pid: int) -> None:
        self.memory_bytes, self.pids, _ = order[3:]
        self.pid = pid
        self.status: int | None = None
        self.cpu_seconds = 0.0
        self.largest_bytes = 0


class Zygote:
    """One warm process."""

    def __init__(self, channel: socket.socket, folder: Folder) -> None:
        self.channel = channel
        self.folder = folder
        self.call: Call | None = None
        self.scope = kernel.signal_scope()
        self.scoped = False
        self.received = array.array("i")
        self.wakeup = -1
        self.poll = select.poll()

    def prepare(self) -> None:
        """Everything that is done once."""
        for number in _DEAF_TO:
            signal.signal(number, signal.SIG_IGN)
        kernel.become_subreaper()
        kernel.forbid_new_privileges()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if self.scope is not None:
            kernel.enter(self.scope)
            self.scoped = _is_scoped()
        self.wakeup = _wake_on_child()
        self.poll.register(self.channel, select.POLLIN)
        self.poll.register(self.wakeup, select.POLLIN)
        gc.freeze()
        gc.disable()

    def serve(self) -> None:
        """Serve call after call, until the server closes its end or dies."""
        goes_on = True
        while goes_on:
            try:
                call = in_thread(self._take)
            except OSError as error:
                goes_on = self._refuse(error)
            else:
                goes_on = call is not None and self._attend(call)

    def _take(self) -> Call | None:
        """Wait for an order and start its command: all in a thread, whose domain it will have.

        That the thread is made before the order comes keeps the making out of the call's time.
        """
        if self.scope is not None:
            kernel.enter(self.scope)
        while packet := self._receive():
            if packet[:1] == wire.START:
                call = self._start(packet[1:])
                if call is not None:
                    return call
        return None

    def _refuse(self, error: OSError) -> bool:
        """Answer an order without a thread to serve it in; False when there are no more."""
        packet = self._receive()
        if packet[:1] == wire.START:
            self._say(wire.FAILED, error.errno, "making a thread")
        self._close_received()
        return bool(packet)

    def _attend(self, call: Call) -> bool:
        """Watch over a call until nothing is left of it; False when the server went first."""
        self.call = call
        next_watch = time.monotonic() + _WATCH_SECONDS
        while self.call is not None:
            ready = dict(self.poll.poll(_WATCH_SECONDS * 1000))
            if self.wakeup in ready:
                os.read(self.wakeup, 4096)
            if self.channel.fileno() in ready and not self._obey():
                return False
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

    def _start(self, packed: bytes) -> Call | None:
        doing = "reading the order"
        try:
            order: wire.Order = marshal.loads(packed or _content(self.received[3]))
            argv, env, directory, _, _, cpu_seconds = order
            doing = "making a temporary folder"
            self.folder.make()
            doing = "entering the working directory"
            os.chdir(directory)
            doing = "starting the program"
            env.setdefault(b"TMPDIR", self.folder.path)
            return Call(order, self._spawn(argv, env, cpu_seconds))
        except (OSError, ValueError) as error:  # ValueError: a NUL character
            os.chdir("/")
            self.folder.remove()
            self._say(wire.FAILED, getattr(error, "errno", errno.EINVAL), doing)
            return None
        finally:
            self._close_received()

    def _close_received(self) -> None:
        while self.received:
            os.close(self.received.pop())

    def _spawn(self, argv: list[bytes], env: dict[bytes, bytes], cpu: int) -> int:
        # The soft limit is in place before the program runs; the hard one follows at once, and
        # cannot be set earlier, for it would be the zygote's own for ever.
        before = resource.getrlimit(resource.RLIMIT_CPU)
        if cpu:
            resource.setrlimit(resource.RLIMIT_CPU, (cpu, before[1]))
        try:
            pid = os.posix_spawn(
                argv[0],
                argv,
                env,
                file_actions=[(os.POSIX_SPAWN_DUP2, self.received[n], n) for n in range(3)],
                setsid=True,
                setsigmask=(),
                setsigdef=_RESET_SIGNALS,
            )
        finally:
            resource.setrlimit(resource.RLIMIT_CPU, before)
        if cpu:
            _limit_cpu(pid, cpu)
        return pid

    def _reap(self, call: Call) -> None:
        """Collect what has ended; say so when it was the last, or the command before others."""
        left = True
        had_status = call.status is not None
        while left:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                self._finish(call)
                return
            left = pid != 0
            call.cpu_seconds += usage.ru_utime + usage.ru_stime
            call.largest_bytes = max(call.largest_bytes, usage.ru_maxrss * 1024)
            if pid == call.pid:
                call.status = status
        if call.status is not None and not had_status:
            self._say(wire.EXITED, call.status)

    def _finish(self, call: Call) -> None:
        os.chdir("/")
        self.folder.clear()
        self.call = None
        self._say(wire.GONE, call.status, call.cpu_seconds, call.largest_bytes)
        # Empty, as most are: on ext4, removing it takes a fifth of the time of a short call.
        self.folder.remove()

    def _watch(self, call: Call) -> None:
        """Kill a call whose processes hold too much together, or are too many."""
        pids = tree.descendants()
        held = tree.resident_bytes(pids)
        call.largest_bytes = max(call.largest_bytes, held)
        if held > call.memory_bytes > 0:
            self._exceeded(wire.MEMORY)
        elif len(pids) > call.pids > 0:
            self._exceeded(wire.PIDS)

    def _exceeded(self, what: str) -> None:
        self._say(wire.EXCEEDED, what)
        tree.signal_all(signal.SIGKILL, scoped=self.scoped)

    def end(self) -> None:
        """Kill and collect everything; the temporary folder goes too."""
        tree.signal_all(signal.SIGKILL, scoped=self.scoped)
        try:
            while True:
                os.wait4(-1, 0)
        except ChildProcessError:
            pass
        self.folder.remove()

    def _say(self, *reply: str | float | None) -> None:
        try:
            self.channel.send(marshal.dumps(reply))
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server is gone; the next poll sees the end of the channel


def _is_scoped() -> bool:
    """Whether the scope holds, by trial: the server must be out of reach."""
    try:
        os.kill(os.getppid(), 0)
    except PermissionError:
        return True
    return False


def _wake_on_child() -> int:
    """A descriptor that becomes readable when a child ends."""
    reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    return reader


def _limit_cpu(pid: int, seconds: int) -> None:
    try:
        resource.prlimit(pid, resource.RLIMIT_CPU, (seconds, seconds + 1))
    except (ProcessLookupError, PermissionError):
        pass  # it has ended, or became another user's: the soft limit stands


def _content(file: int) -> bytes:
    return os.pread(file, os.fstat(file).st_size, 0)


def main(descriptor: int, folder: str) -> None:
    """Serve the socket at `descriptor`, and take everything along at the end."""
    # It came to us by inheritance; a command that inherited it too could speak as its zygote.
    os.set_inheritable(descriptor, False)  # noqa: FBT003  # its second parameter has no name
    zygote = Zygote(socket.socket(fileno=descriptor), Folder(os.fsencode(folder)))
    zygote.prepare()
    try:
        zygote.serve()
    finally:
        zygote.end()
