"""Starting a zygote in its cell, and collecting it at its end."""

from __future__ import annotations

import os
import resource
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from handrail.process import orphans
from handrail.process.cgroup import Group
from handrail.process.memory_file import memory_file
from handrail.process.zygote import tree, wire
from handrail.sandbox.cell import Cell

_BOOT = (
    "import sys; sys.path.append(sys.argv[1]);from zygote.main import main; main(int(sys.argv[2]))"
)
HOME = Path(__file__).parent
"""Where the zygote's code is."""
WORKSHOP = HOME.parent / "systems"
"""What else those zygotes read that do work of ours themselves, in place of programs."""
INTERPRETER = Path(os.path.realpath(sys.executable))
"""What runs it: no virtual environment, for it needs the standard library only."""
_GOODBYE_SECONDS = 2.0
_LAST_WORDS_BYTES = 4096


class Booted:
    """A zygote's process.

    `packed` is what the zygote is told first. `folder` is for the temporary files of its
    commands, and no other name begins like it; None in a view, which goes with the zygote.
    `group` is removed with it.
    """

    def __init__(self, cell: Cell, channel: int, group: Group | None) -> None:
        self._group = group
        own = () if cell.view else (_new_folder(),)
        self.folder = own[0] if own else None
        folders = own or tuple(map(Path, cell.private))
        self.packed = _packed(cell, folders, grouped=group is not None)
        self._stderr = memory_file("zygote", b"")
        try:
            self.process = _start(cell, channel, self._stderr)
        except OSError:
            os.close(self._stderr)
            raise
        if group is not None:
            _enter(group, self.process.pid)

    def last_words(self) -> str:
        """What it said when it could not go on. To be asked once, when it was let go."""
        said = os.pread(self._stderr, _LAST_WORDS_BYTES, 0)
        os.close(self._stderr)
        return said.decode(errors="replace").strip()

    def wait(self) -> None:
        """Collect it, once it was let go; one that will not end has a command stuck in the kernel.

        Blocks for a moment. What a killed zygote could not take along is ended here.
        """
        try:
            self.process.wait(_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.returncode != 0:
            self._end_orphans()
        if self._group is not None:
            self._group.remove()

    def _end_orphans(self) -> None:
        """What the zygote could not take along: of a view, the kernel has ended it already."""
        if self._group is not None:
            self._group.end()
        if self.folder is not None:
            orphans.end(self.folder)


def _new_folder() -> Path:
    return Path(tempfile.gettempdir(), f"handrail-{secrets.token_hex(8)}")


def _enter(group: Group, pid: int) -> None:
    """Move a zygote into its group: also when bwrap has made it already, as a child of its own.

    What is gone again needs no group: its end is heard on the channel.
    """
    try:
        group.enter(pid)
        for child in tree.children(pid):
            group.enter(child)
    except ProcessLookupError:
        pass


def _packed(cell: Cell, folders: tuple[Path, ...], *, grouped: bool) -> wire.Cell:
    return wire.Cell(
        uid=-1 if cell.user is None else cell.user.uid,
        gid=-1 if cell.user is None else cell.user.gid,
        folders=tuple(os.fsencode(folder) for folder in folders),
        scoped=not cell.view,
        filter=b"" if cell.filter is None else cell.filter.program,
        unheard=b"" if cell.filter is None else cell.filter.unheard,
        strangers=b"" if cell.filter is None else cell.filter.strangers,
        answers={} if cell.filter is None else dict(cell.filter.answers),
        grouped=grouped,
        hard_limits=_hard_limits(cell),
        work=cell.work,
    )


def _hard_limits(cell: Cell) -> tuple[tuple[int, int], ...]:
    wanted = ((resource.RLIMIT_FSIZE, cell.file_bytes), (resource.RLIMIT_NOFILE, cell.open_files))
    return ((resource.RLIMIT_CORE, 0), *(limit for limit in wanted if limit[1]))


def _start(cell: Cell, channel: int, stderr: int) -> subprocess.Popen[bytes]:
    """It has no word of a caller in it, and nothing of our environment."""
    return subprocess.Popen(
        [*cell.view, INTERPRETER, "-I", "-S", "-c", _BOOT, HOME, str(channel)],
        env={},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        pass_fds=[channel],
        start_new_session=True,
    )
