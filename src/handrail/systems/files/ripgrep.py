"""Ripgrep, asked which of some files may have a match.

It does the quick work and has no say: only names come from it, and what it names is opened and
searched by us. So it cannot be led to tell of what lies elsewhere, and where it fails, or says
that it could not do all, every file is searched.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from handrail.process.zygote.inquiry import ask
from handrail.systems.files.pattern import Pattern

FEWEST_FILES = 64
"""Of fewer, we have looked through all before it has started."""
_FOUND, _NONE = 0, 1
_MOST_THREADS = 4


def candidates(searcher: str, pattern: Pattern, paths: Sequence[str]) -> Sequence[str]:
    """Those of `paths` that may have a match, in their order; all of them when it cannot say."""
    if len(paths) < FEWEST_FILES:
        return paths
    given = [f"./{path}" for path in paths]
    argv = [searcher, *_OPTIONS, *pattern.arguments, "--", *given]
    code, said = ask([os.fsencode(word) for word in argv])
    if code not in (_FOUND, _NONE):
        return paths
    named = set(said.split(b"\0"))
    return [path for path, name in zip(paths, given, strict=True) if os.fsencode(name) in named]


_OPTIONS = (
    "--no-config",
    "--no-messages",
    "--color=never",
    "--files-with-matches",
    "--null",
    "--no-mmap",  # a file that is cut off meanwhile would kill it
    f"--threads={min(_MOST_THREADS, os.cpu_count() or 1)}",
)
