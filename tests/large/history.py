"""The history of a large repository, in the language of `git fast-import`.

Source: git-fast-import(1), "Input Format".
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.large.content import Content, some_words
from tests.large.layout import GITIGNORE, File

BRANCH = "main"
_CHANGED = 2
"""So many files of before does a commit change."""
_MERGE_EVERY = 100
_TAG_EVERY = 500
_AUTHORS = ("Ada Example", "Grace Muster", "Jürgen Beispiel", "名無し", "O'Neil Sample")
_FIRST_SECOND = 1_600_000_000
_HOUR = 3600


def history(files: int, commits: int) -> Iterator[bytes]:
    """A stream that makes `commits` commits and, at the last of them, `files` files.

    One commit in a hundred merges a branch of one commit. Every 500th has a tag.
    """
    random = Random(7)  # noqa: S311  # nothing here is a secret
    content = Content()
    side: list[bytes] = []
    for commit in range(1, commits + 1):
        changes = side + [
            _modify(file, content.of(file, revision))
            for file, revision in _touched(random, files, commit, commits)
        ]
        if commit == 1:
            changes.append(_inline(b"M 100644 inline .gitignore", GITIGNORE.encode()))
        merges = commit % _MERGE_EVERY == 0 and commit > 2
        yield _commit(random, commit, merges=merges)
        yield from changes
        side = changes if commit % _MERGE_EVERY == _MERGE_EVERY - 1 else []
        if commit % _TAG_EVERY == 0:
            yield b"reset refs/tags/v0.%d\nfrom :%d\n\n" % (commit // _TAG_EVERY, commit)
    yield b"done\n"


def _touched(random: Random, files: int, commit: int, commits: int) -> Iterator[tuple[File, int]]:
    """The files that a commit adds, and those that it changes, with their revisions.

    `.gitignore` is one of `files`.
    """
    first, end = ((files - 1) * each // commits for each in (commit - 1, commit))
    yield from ((File(number), 0) for number in range(first, end))
    yield from ((File(random.randrange(first)), commit) for _ in range(_CHANGED) if first)


def _commit(random: Random, commit: int, *, merges: bool) -> bytes:
    """The head of a commit. A merge is of the one before, which was made on the one before that."""
    who = f"{_AUTHORS[commit % len(_AUTHORS)]} <author{commit % len(_AUTHORS)}@example.com>"
    when = f"{_FIRST_SECOND + commit * _HOUR} +0{commit % 3}00"
    message = some_words(random, 5).capitalize()
    if commit % 4 == 0:
        message += f"\n\n{some_words(random, 12)}\n{some_words(random, 9)} ünïcode.\n"
    parents = f"from :{commit - 2}\nmerge :{commit - 1}\n" if merges else ""
    head = (
        f"commit refs/heads/{BRANCH}\nmark :{commit}\nauthor {who} {when}\ncommitter {who} {when}"
    )
    return _inline(head.encode(), message.encode()) + parents.encode()


def _modify(file: File, content: bytes) -> bytes:
    return _inline(f"M {file.kind.mode} inline {file.path}".encode(), content)


def _inline(head: bytes, data: bytes) -> bytes:
    return b"%s\ndata %d\n%s\n" % (head, len(data), data)
