"""What the files of a large repository hold: text that looks like code, and bytes that are none."""

from __future__ import annotations

from random import Random

from tests.large.layout import File, Kind

NEEDLE = "needle_in_the_hay"
"""A word that has a line of its own in few files, and stands nowhere else."""

_VOCABULARY = (
    "account address batch buffer cache caller client commit config context cursor default "
    "delta digest domain entry error event field filter format frame handle header index item "
    "journal kernel label layer limit list lock message method module number object offset "
    "option order owner packet parser path pattern payload policy pool prefix process query "
    "queue range record region reply report request result retry route row rule schema scope "
    "segment server session shard signal source spool stage state status stream string table "
    "target task ticket token total trace tree tuple type unit update value vector version view"
)
_WORDS = _VOCABULARY.split()
_SHAPES = (
    "def {}_{}({}, {}):\n",
    "    {} = {}.{}({})\n",
    "    if {} is None or {} in {}.{}:\n",
    "        return {}({}, {}={})\n",
    "# The {} of a {} is its {}, until the {} ends.\n",
    "\n",
)
_POOL_LINES = 40_000
_NOISE_BYTES = 1_000_000
_ONE_IN = 250


class Content:
    """Makes the contents of files, the same ones each time."""

    def __init__(self) -> None:
        random = Random(5)  # noqa: S311  # nothing here is a secret
        lines = [
            random.choice(_SHAPES).format(*random.choices(_WORDS, k=4)) for _ in range(_POOL_LINES)
        ]
        self._pool = "".join(lines).encode()
        self._noise = random.randbytes(_NOISE_BYTES)

    def of(self, file: File, revision: int) -> bytes:
        """All that a file holds at a revision of it. Whole lines, if it is text."""
        if file.kind is Kind.BINARY:
            return b"\x89BIN\0" + _part(self._noise, file, revision)
        lines = _part(self._pool, file, revision).partition(b"\n")[2].rpartition(b"\n")[0]
        needle = f"# {NEEDLE}\n" if has_needle(file) else ""
        return f"# {file.number}, revision {revision}\n{needle}".encode() + lines + b"\n"


def has_needle(file: File) -> bool:
    """Whether a line of this file is the needle."""
    return file.number % _ONE_IN == 1 and file.kind is not Kind.BINARY


def some_words(random: Random, count: int) -> str:
    """For the messages of commits."""
    return " ".join(random.choices(_WORDS, k=count))


def _part(whole: bytes, file: File, revision: int) -> bytes:
    start = (file.number * 7919 + revision * 104_729) % (len(whole) - file.size)
    return whole[start : start + file.size]
