"""Files outside of a workspace, and what has become of them."""

from __future__ import annotations

import os
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path

SECRET = "canary-5f1c"
CAT = Path("/bin/cat")
# struct vfs_cap_data of <linux/capability.h>: revision 2, effective, CAP_DAC_READ_SEARCH.
_READ_ANYTHING = struct.pack("<5I", 0x0200_0001, 1 << 2, 0, 0, 0)
_Aspects = dict[str, object]


class Outside:
    """A folder open to everyone, of files that belong to `uid`, of programs, and a file of ours."""

    def __init__(self, folder: Path, uid: int) -> None:
        self.folder = folder
        self._place_files(uid)
        self._place_programs()
        self._before = self._look()

    def changed(self) -> list[str]:
        """What is different about which file since the beginning: `secret: mode`."""
        now, before = self._look(), self._before
        return sorted(
            f"{name}: {aspect}"
            for name in now.keys() | before.keys()
            for aspect in _difference(before.get(name), now.get(name))
        )

    def _place_files(self, uid: int) -> None:
        self.folder.chmod(0o777)
        for name in ("sub", "empty"):
            (self.folder / name).mkdir()
            (self.folder / name).chmod(0o777)
        for name in ("secret", "doomed", "movable", "sub/inner"):
            path = self.folder / name
            path.write_text(SECRET)
            path.chmod(0o666)
            os.chown(path, uid, uid if os.geteuid() == 0 else -1)
        (self.folder / "link").symlink_to("secret")
        private = self.folder / "private"
        private.write_text(SECRET)
        private.chmod(0o600)

    def _place_programs(self) -> None:
        for name in ("program", "setuid", "capable"):
            shutil.copy(CAT, self.folder / name)
        if os.geteuid() == 0:
            (self.folder / "setuid").chmod(0o6755)
            os.setxattr(self.folder / "capable", "security.capability", _READ_ANYTHING)

    def _look(self) -> dict[str, _Aspects]:
        return {str(path.relative_to(self.folder)): _aspects(path) for path in self._paths()}

    def _paths(self) -> Iterator[Path]:
        yield from (path for path in self.folder.rglob("*") if not path.is_socket())


def _aspects(path: Path) -> _Aspects:
    found = path.lstat()
    about = {"mode": found.st_mode, "owner": (found.st_uid, found.st_gid)}
    if path.is_symlink() or not path.is_file():
        return about
    attributes = {name: os.getxattr(path, name) for name in os.listxattr(path)}
    content = path.read_bytes()
    return {**about, "times": found.st_mtime_ns, "attributes": attributes, "content": content}


def _difference(before: _Aspects | None, now: _Aspects | None) -> Iterator[str]:
    if before is None or now is None:
        yield "new" if before is None else "gone"
        return
    yield from (aspect for aspect, value in before.items() if now.get(aspect) != value)
