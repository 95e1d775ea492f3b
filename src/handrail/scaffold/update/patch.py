"""Changes as a patch, which `git apply` and `patch -p1` take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import diff_bytes, unified_diff

from handrail.scaffold.update.changes import Change

_NO_FILE = b"/dev/null"
_NO_END = b"\n\\ No newline at end of file\n"


def patch(changes: Iterable[Change]) -> bytes:
    """Everything that they write; of what is no text, that it differs."""
    return b"".join(part for change in changes if change.writes for part in _parts(change))


def _parts(change: Change) -> Iterator[bytes]:
    name, before, after = str(change.path).encode(), change.before, change.after
    yield b"diff --git a/%b b/%b\n" % (name, name)
    if before is None or after is None:
        yield b"new file mode 100644\n" if before is None else b"deleted file mode 100644\n"
    if b"\0" in (before or b"") + (after or b""):
        yield b"Binary files differ\n"
        return
    yield from (
        line if line.endswith(b"\n") else line + _NO_END
        for line in diff_bytes(
            unified_diff,
            _lines(before or b""),
            _lines(after or b""),
            _NO_FILE if before is None else b"a/" + name,
            _NO_FILE if after is None else b"b/" + name,
        )
    )


def _lines(data: bytes) -> list[bytes]:
    *ended, last = data.split(b"\n")
    return [*(one + b"\n" for one in ended), *([last] if last else [])]
