"""What `handrail add` shows of a draft: how each word was read, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from handrail.cli import streams
from handrail.scaffold.draft import Draft, Word

_HEAD = Word("word", "read as", "param")


def show(drafts: Sequence[Draft]) -> None:
    """The words of each draft, and its notes; on stderr, for a person."""
    for draft in drafts:
        if draft.words:
            for line in table(draft.words):
                streams.note(line)
        for note in draft.notes:
            streams.note(f"note: {draft.name}: {note}")


def table(words: Sequence[Word]) -> list[str]:
    """A line for each word, in columns."""
    rows = [_HEAD, *words]
    first = max(len(_cut(row.given)) for row in rows)
    second = max(len(row.meaning) for row in rows)
    return [
        f"  {_cut(row.given):<{first}}  {row.meaning:<{second}}  {row.param or ''}".rstrip()
        for row in rows
    ]


def _cut(text: str, most: int = 32) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
