"""The SHA-256 of what a call wrote, taken before that makes room for the next."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress

from handrail.process.outcome import Outcome
from handrail.process.output import Output
from handrail.record.record import Refused

_CHUNK_BYTES = 1024**2
LONG_BYTES = 256 * 1024
"""Above this, it is for a thread."""


class Digests:
    """What a call wrote, held on to until its digests are known."""

    def __init__(self, end: Outcome | Refused | None) -> None:
        kept = {"stdout": end.stdout, "stderr": end.stderr} if isinstance(end, Outcome) else {}
        self.are_long = sum(output.size for output in kept.values()) > LONG_BYTES
        self._kept = {name: _held(output) for name, output in kept.items()}

    def take(self) -> dict[str, str | None]:
        """The digests by stream, and let go; None for what could not be read."""
        try:
            return {name: _digest(output) for name, output in self._kept.items()}
        finally:
            for output in self._kept.values():
                if output is not None and output.file is not None:
                    os.close(output.file)


def _held(output: Output) -> Output | None:
    """The same again, for another may close it; None when there is no descriptor to be had."""
    try:
        file = None if output.file is None else os.dup(output.file)
    except OSError:
        return None
    return Output(output.size, output.memory, file)


def _digest(output: Output | None) -> str | None:
    if output is None:
        return None
    digest, offset = hashlib.sha256(), 0
    with suppress(OSError):
        while chunk := output.read(offset, _CHUNK_BYTES):
            digest.update(chunk)
            offset += len(chunk)
    return digest.hexdigest() if offset == output.size else None
