"""The zygote's loop: wait for an order, start it, watch it, and leave nothing behind.

Run as `python -I -S`, with the standard library only, so that it is small and starts fast.
It is single-threaded but for the moment of a start: the new thread enters a Landlock domain
of its own, so that a command can signal neither its zygote nor anyone else's.
"""

from __future__ import annotations

import _thread
import array
import gc
import marshal
import os
import resource
import select
import signal
import socket
import time
from collections.abc import Callable

from . import kernel, tree, wire

_WATCH_SECONDS = 0.05
_RESET_SIGNALS = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)


class Call:
    """What the zygote knows of the call that it serves."""

    def __init__(self, order: wire.Order, pid: int, folder: bytes) -> None:
        self.memory_bytes, self.pids, _ = order[4:]
        self.pid = pid
        self.folder = folder
        self.exited = False
        self.cpu_seconds = 0.0
        self.largest_bytes = 0


class Zygote:
    """One warm helper."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.call: Call | None = None
        self.scope = kernel.signal_scope()
        self.scoped = False
        self.next_watch = 0.0

    def prepare(self) -> None:
        """Everything that is done once."""
        kernel.become_subreaper()
        kernel.forbid_new_privileges()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if self.scope is not None:
            kernel.enter(self.scope)
            self.scoped = _is_scoped()
        gc.freeze()
        gc.disable()

    def serve(self) -> None:
        """Serve until the server closes its end or dies; then end with everything below."""
        wakeup = _wake_on_child()
        poll = select.poll()
        poll.register(self.channel, select.POLLIN)
        poll.register(wakeup, select.POLLIN)
        while True:
            ready = dict(poll.poll(_WATCH_SECONDS * 1000 if self.call else None))
            if wakeup in ready:
                os.read(wakeup, 4096)
            if self.channel.fileno() in ready and not self._obey():
                return
            self._reap()
            if time.monotonic() >= self.next_watch:
                self._watch()

    def _obey(self) -> bool:
        packet, ancillary, *_ = self.channel.recvmsg(
            wire.PACKET_BYTES, socket.CMSG_SPACE(4 * 4), socket.MSG_CMSG_CLOEXEC
        )
        if packet == wire.START:
            descriptors = array.array("i", ancillary[0][2])
            self._start(*descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
        elif packet == wire.TERMINATE:
            tree.signal_all(signal.SIGTERM, scoped=self.scoped)
        elif packet == wire.KILL:
            tree.signal_all(signal.SIGKILL, scoped=self.scoped)
        return bool(packet)

    def _start(self, stdin: int, stdout: int, stderr: int, order_file: int) -> None:
        doing = "reading the order"
        folder = b""
        try:
            order: wire.Order = marshal.loads(os.pread(order_file, os.fstat(order_file).st_size, 0))
            argv, env, directory, temporary, _, _, cpu_seconds = order
            doing = "making a temporary folder"
            folder = os.path.join(temporary, b"handrail-" + os.urandom(8).hex().encode())
            os.mkdir(folder, 0o700)
            doing = "entering the working directory"
            os.chdir(directory)
            doing = "starting the program"
            env.setdefault(b"TMPDIR", folder)
            pid = self._spawn(argv, env, (stdin, stdout, stderr), cpu_seconds)
        except OSError as error:
            os.chdir("/")
            _remove(folder)
            self._say(wire.FAILED, error.errno, doing)
            return
        self.call = Call(order, pid, folder)
        self.next_watch = time.monotonic() + _WATCH_SECONDS
        self._say(wire.STARTED, pid)

    def _spawn(
        self, argv: list[bytes], env: dict[bytes, bytes], streams: tuple[int, ...], cpu: int
    ) -> int:
        actions = [(os.POSIX_SPAWN_DUP2, fd, target) for target, fd in enumerate(streams)]

        def spawn() -> int:
            if self.scope is not None:
                kernel.enter(self.scope)
            return os.posix_spawn(
                argv[0],
                argv,
                env,
                file_actions=actions,
                setsid=True,
                setsigmask=(),
                setsigdef=_RESET_SIGNALS,
            )

        # The soft limit is in place before the program runs; the hard one follows at once, and
        # cannot be set earlier, for it would be the zygote's own for ever.
        before = resource.getrlimit(resource.RLIMIT_CPU)
        if cpu:
            resource.setrlimit(resource.RLIMIT_CPU, (cpu, before[1]))
        try:
            pid = _in_thread(spawn)
        finally:
            resource.setrlimit(resource.RLIMIT_CPU, before)
        if cpu:
            _limit_cpu(pid, cpu)
        return pid

    def _reap(self) -> None:
        """Collect what has ended; say so when it was the command, and when it was the last."""
        while self.call is not None:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                self._finish(self.call)
                return
            if pid == 0:
                return
            self.call.cpu_seconds += usage.ru_utime + usage.ru_stime
            self.call.largest_bytes = max(self.call.largest_bytes, usage.ru_maxrss * 1024)
            if pid == self.call.pid:
                self.call.exited = True
                self._say(wire.EXITED, status)

    def _finish(self, call: Call) -> None:
        os.chdir("/")
        _remove(call.folder)
        self.call = None
        self._say(wire.GONE, call.cpu_seconds, call.largest_bytes)

    def _watch(self) -> None:
        """Kill a call whose processes hold too much together, or are too many."""
        self.next_watch = time.monotonic() + _WATCH_SECONDS
        if self.call is None:
            return
        pids = tree.descendants()
        held = tree.resident_bytes(pids)
        self.call.largest_bytes = max(self.call.largest_bytes, held)
        if held > self.call.memory_bytes > 0:
            self._exceeded(wire.MEMORY)
        elif len(pids) > self.call.pids > 0:
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
        if self.call is not None:
            _remove(self.call.folder)

    def _say(self, *reply: object) -> None:
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


def _in_thread(work: Callable[[], int]) -> int:
    """The result of `work`, done in a thread of its own: Landlock domains are per thread."""
    done = _thread.allocate_lock()
    done.acquire()
    outcome: list[int | OSError] = []

    def body() -> None:
        try:
            outcome.append(work())
        except OSError as error:
            outcome.append(error)
        finally:
            done.release()

    _thread.start_new_thread(body, ())
    done.acquire()
    result = outcome[0]
    if isinstance(result, OSError):
        raise result
    return result


def _limit_cpu(pid: int, seconds: int) -> None:
    try:
        resource.prlimit(pid, resource.RLIMIT_CPU, (seconds, seconds + 1))
    except (ProcessLookupError, PermissionError):
        pass  # it has ended, or became another user's: the soft limit stands


def _remove(folder: bytes) -> None:
    if not folder:
        return
    try:
        os.rmdir(folder)
    except FileNotFoundError:
        pass
    except OSError:
        import shutil  # slow to import, and seldom needed: most commands leave nothing

        shutil.rmtree(folder, ignore_errors=True)


def main(descriptor: int) -> None:
    """Serve the socket at `descriptor`, and take everything along at the end."""
    # It came to us by inheritance; a command that inherited it too could speak as its zygote.
    os.set_inheritable(descriptor, False)
    zygote = Zygote(socket.socket(fileno=descriptor))
    zygote.prepare()
    try:
        zygote.serve()
    finally:
        zygote.end()
