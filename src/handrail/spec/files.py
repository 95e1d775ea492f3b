"""What the caller of a files tool gives, by operation; and what the operation does at worst."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from handrail.spec.param import ParamSpec, ParamType

LONGEST_CONTENT = 1_048_576
"""Characters that one call may write."""
MOST_LINES = 10_000
MOST_LISTED = 1_000
MOST_FOUND = 1_000
_HASH = r"[0-9a-f]{64}"


class Operation(StrEnum):
    """What a files tool does."""

    READ = "read"
    LIST = "list"
    FIND = "find"
    GREP = "grep"
    STAT = "stat"
    WRITE = "write"
    EDIT = "edit"
    MOVE = "move"
    COPY = "copy"
    DELETE = "delete"
    RESTORE = "restore"


def _path(description: str, default: str | None = None) -> ParamSpec:
    return ParamSpec(
        type=ParamType.PATH,
        required=default is None,
        default=default,
        description=description,
    )


def _count(description: str, default: int, most: int, least: int = 1) -> ParamSpec:
    return ParamSpec(
        type=ParamType.INTEGER, default=default, min=least, max=most, description=description
    )


def _flag(description: str) -> ParamSpec:
    return ParamSpec(type=ParamType.BOOLEAN, default=False, description=description)


def _text(description: str, *, required: bool = False) -> ParamSpec:
    return ParamSpec(
        multiline=True, max_length=LONGEST_CONTENT, required=required, description=description
    )


_OFFSET = _count("Results to skip.", 0, 10**6, least=0)
_IGNORED = _flag("Ignored files too.")
_EXPECTED = ParamSpec(
    pattern=_HASH, description="The hash that was read: refuse when the file has changed since."
)
_GLOB = ParamSpec(
    repeat=True,
    max_items=20,
    max_length=200,
    description="Like `*.{js,ts}`, `docs/**`; `!test_*`: not.",
)

PARAMS: Mapping[Operation, Mapping[str, ParamSpec]] = {
    Operation.READ: {
        "path": _path("The file."),
        "start": ParamSpec(
            type=ParamType.INTEGER,
            min=-(10**12),
            max=10**12,
            description="First line, from 1; -20 begins 20 lines before the end.",
        ),
        "limit": _count("At most this many lines.", 2_000, MOST_LINES),
        "offset": ParamSpec(
            type=ParamType.INTEGER,
            min=0,
            max=10**15,
            description="Byte to begin at instead of `start`.",
        ),
        "encoding": ParamSpec(
            choices=("auto", "utf-8", "utf-16", "latin-1", "cp1252", "shift_jis", "gb18030"),
            default="auto",
            description="How bytes become text.",
        ),
        "format": ParamSpec(
            choices=("auto", "text", "binary"),
            default="auto",
            description="auto: text as text, images and other binaries as content.",
        ),
    },
    Operation.LIST: {
        "path": _path("The folder.", "."),
        "depth": _count("Levels to go down.", 1, 20),
        "limit": _count("At most this many entries.", 200, MOST_LISTED),
        "offset": _OFFSET,
        "ignored": _IGNORED,
    },
    Operation.FIND: {
        "pattern": ParamSpec(
            required=True,
            max_length=500,
            description="A glob: `*.{js,ts}` at any depth, `src/**/test_*` from `path` on.",
        ),
        "path": _path("Where to look.", "."),
        "kind": ParamSpec(
            choices=("any", "file", "folder"), default="any", description="What to find."
        ),
        "limit": _count("At most this many.", 200, MOST_FOUND),
        "offset": _OFFSET,
        "ignored": _IGNORED,
    },
    Operation.GREP: {
        "pattern": ParamSpec(required=True, max_length=500, description="Text in a line."),
        "path": _path("A file or folder.", "."),
        "regex": _flag("A regular expression."),
        "ignore_case": _flag("Any case."),
        "glob": _GLOB,
        "context": _count("Lines around.", 0, 20, least=0),
        "names_only": _flag("Files and counts only."),
        "limit": _count("Most matches.", 100, MOST_FOUND),
        "offset": _OFFSET,
        "ignored": _IGNORED,
    },
    Operation.STAT: {
        "path": _path("A file, folder or link; a link is told itself."),
        "hash": _flag("Also the SHA-256 of its content."),
    },
    Operation.WRITE: {
        "path": _path("The file; missing folders are made."),
        "content": _text("All that the file is to hold.", required=True),
        "expected_hash": ParamSpec(
            pattern=_HASH,
            description="To replace a file: its hash, as it was read. Without it, a new file.",
        ),
        "executable": _flag("A new file may be run."),
    },
    Operation.EDIT: {
        "path": _path("The file."),
        "old": _text("The exact text to replace; it must be there once."),
        "new": _text("What comes in its place."),
        "all": _flag("Replace every `old`."),
        "patch": _text("Instead of old and new: a unified diff of this file."),
        "expected_hash": _EXPECTED,
        "dry_run": _flag("Change nothing; show the diff."),
    },
    Operation.MOVE: {
        "path": _path("What to move: a file or a folder."),
        "to": _path("Its new path; nothing may be there."),
    },
    Operation.COPY: {
        "path": _path("What to copy: a file or a folder."),
        "to": _path("The copy's path; nothing may be there."),
    },
    Operation.DELETE: {
        "path": _path("A file or folder."),
        "expected_hash": _EXPECTED,
    },
    Operation.RESTORE: {
        "id": ParamSpec(
            pattern=r"[0-9A-Za-z-]{1,64}",
            description="What delete_file called it; without it, list what can be restored.",
        ),
        "to": ParamSpec(type=ParamType.PATH, description="Where to; its old place when left out."),
    },
}
"""By name, in the order that callers see."""

MOVES = frozenset({Operation.MOVE, Operation.DELETE, Operation.RESTORE})
"""What gives a thing another name, also in the trash."""
WRITES = frozenset(
    {Operation.WRITE, Operation.EDIT, Operation.MOVE, Operation.COPY, Operation.RESTORE}
)
