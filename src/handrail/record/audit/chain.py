"""Lines that hold each other: each has a code over itself and over the code before it.

`{"seq":7, … ,"previous":"<code of 6>","mac":"<code of 7>"}`, where the code is the HMAC-SHA256
(RFC 2104) of all bytes before `,"mac"`. Who has not the key can make no line that fits anywhere.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_FORM = re.compile(
    rb'(?P<body>\{"seq":(?P<seq>[1-9][0-9]{0,17}),.*,"previous":"(?P<previous>[0-9a-f]{64})")'
    rb',"mac":"(?P<mac>[0-9a-f]{64})"\}'
)


@dataclass(frozen=True, slots=True)
class Link:
    """Where a chain has come to: the last line's number and code."""

    seq: int
    mac: str


START = Link(0, "0" * 64)
"""Before the first line."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that has the form of one of ours; whether it is, `is_genuine` tells."""

    seq: int
    previous: str
    mac: str
    body: bytes

    @classmethod
    def read(cls, raw: bytes) -> Line | None:
        """The line in `raw`, which has no line end; None for anything else."""
        found = _FORM.fullmatch(raw)
        if found is None:
            return None
        codes = (found["previous"].decode(), found["mac"].decode())
        return cls(int(found["seq"]), *codes, found["body"])

    def is_genuine(self, key: bytes) -> bool:
        """Whether who has the key wrote exactly this."""
        return hmac.compare_digest(self.mac, code(key, self.body))

    @property
    def link(self) -> Link:
        """Where the chain has come to with it."""
        return Link(self.seq, self.mac)

    @property
    def facts(self) -> dict[str, Any]:
        """What it says. Raises `ValueError` when that is no JSON: then it is not genuine."""
        found: dict[str, Any] = json.loads(self.body + b"}")
        return found


def code(key: bytes, body: bytes) -> str:
    """HMAC-SHA256, in hexadecimal."""
    return hmac.digest(key, body, "sha256").hex()


def seal(key: bytes, after: Link, facts: Iterable[str]) -> tuple[bytes, Link]:
    """The next lines of a chain, each of facts that are a JSON object; and where it is then."""
    lines = []
    for each in facts:
        seq = after.seq + 1
        body = f'{{"seq":{seq},{each[1:-1]},"previous":"{after.mac}"'
        after = Link(seq, code(key, body.encode("ascii")))
        lines.append(f'{body},"mac":"{after.mac}"}}\n')
    return "".join(lines).encode("ascii"), after


def follow(key: bytes, after: Link, raw: bytes) -> Link:
    """Where a chain has come to with the lines in `raw`; what is no part of it counts nothing."""
    for each in raw.split(b"\n"):
        line = Line.read(each)
        if line is None or (line.seq, line.previous) != (after.seq + 1, after.mac):
            continue
        if line.is_genuine(key):
            after = line.link
    return after
