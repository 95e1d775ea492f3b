"""Where a chain begins and ends, kept beside it: so lines that are missing there are missed."""

from __future__ import annotations

import errno
import hmac
import json
from dataclasses import dataclass

from handrail.record.audit.chain import START, Link, code

BYTES = 512
"""How much a head takes up: one write within one block of any disk."""


@dataclass(frozen=True, slots=True)
class Head:
    """What whoever writes next must know.

    A head that is behind its file is what a kill between two writes leaves; lines that it knows
    of and the file has not were taken away.
    """

    last: Link = START
    """The last line."""
    file: int = 1
    """The first number of the file that is written to."""
    end: int = 0
    """Bytes of that file."""
    removed: Link = START
    """The last line of the files that were removed to make room."""

    def encode(self, key: bytes) -> bytes:
        """The head as `BYTES` bytes, with a code of its own."""
        body = (
            f'{{"seq":{self.last.seq},"last":"{self.last.mac}","file":{self.file},'
            f'"end":{self.end},"removed":{self.removed.seq},"before":"{self.removed.mac}"'
        )
        return f'{body},"mac":"{code(key, body.encode())}"}}'.encode().ljust(BYTES - 1) + b"\n"

    @classmethod
    def decode(cls, raw: bytes, key: bytes) -> Head:
        """The head in `raw`. Raises `OSError` (EBADMSG) when it is not ours, or not whole."""
        body, _, rest = raw.partition(b',"mac":"')
        if not hmac.compare_digest(rest.rstrip(), f'{code(key, body)}"}}'.encode()):
            raise OSError(errno.EBADMSG, "the head of the audit is not what was written there")
        facts = json.loads(body + b"}")
        return cls(
            last=Link(facts["seq"], facts["last"]),
            file=facts["file"],
            end=facts["end"],
            removed=Link(facts["removed"], facts["before"]),
        )
