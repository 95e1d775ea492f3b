"""Commits, as `git log` and `git show` write them with the formats in packs/git.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from handrail.mcp.git.changes import Changes, changes, numstat
from handrail.mcp.git.changes import tell as tell_changes
from handrail.mcp.git.fields import SHORT, Fields, drop_empty, text

_LONGEST_BODY = 2_000
_LONGEST_BODY_SHOWN = 20_000
_MOST_FILES = 50
"""Of one commit in a list."""
_SHOWN = re.compile(rb"(?P<tag>tag [^\n]*\n.*?)?\0[0-9a-f]{40,64}\0", re.DOTALL)


def parse_log(raw: bytes) -> dict[str, Any]:
    """The commits, newest first, and their files when the call asked for these."""
    fields, found = Fields(raw), []
    while fields.more:
        commit = _commit(fields, _LONGEST_BODY)
        fields.take()  # git's own end of a commit
        files = [one for _, one in numstat(fields)]
        left_out = max(0, len(files) - _MOST_FILES) or None
        more = {"files": files[:_MOST_FILES], "files_left_out": left_out}
        found.append({**commit, **drop_empty(more)})
    return {"commits": found}


def parse_show(raw: bytes) -> tuple[dict[str, Any], Changes] | None:
    """The commit that was asked for, and what it changed; None for a file or a folder."""
    begins = _SHOWN.match(raw)
    if begins is None:
        return None
    tag = begins["tag"] or b""
    fields = Fields(raw, len(tag) + 1)
    commit = _commit(fields, _LONGEST_BODY_SHOWN)
    fields.take()
    if fields.starts(b"\n"):
        fields.at += 1
    changed = changes(fields, raw)
    return {**drop_empty({"tag": text(tag)}), **commit, "files": changed.files}, changed


def _commit(fields: Fields, longest_body: int) -> dict[str, Any]:
    commit, parents, author, email, date, subject = fields.texts(6)
    return {
        "commit": commit,
        "parents": parents.split(),
        "author": author,
        "email": email,
        "date": date,
        "subject": subject,
        **drop_empty({"body": text(fields.take(), longest_body)}),
    }


def tell_log(value: dict[str, Any]) -> Iterator[str]:
    """A line for each commit, and below it the rest of its message and its files."""
    if not value["commits"]:
        yield "No commits."
    for one in value["commits"]:
        yield f"{one['commit'][:SHORT]} {one['date']} {one['author']}: {one['subject']}"
        yield from (f"    {line}".rstrip() for line in one.get("body", "").splitlines())
        yield from (f"    {line}" for line in tell_changes(one.get("files", ())))
        if "files_left_out" in one:
            shown = f'git_show(revision="{one["commit"][:SHORT]}", stat=true)'
            yield f"    … and {one['files_left_out']} more files: {shown}"


def tell_show(value: dict[str, Any]) -> Iterator[str]:
    """The commit with its whole message, then a line for each file."""
    if "tag" in value:
        yield f"{value['tag']}\n"
    parents = " ".join(parent[:SHORT] for parent in value["parents"])
    yield f"commit {value['commit']}" + (f", parents {parents}" if parents else "")
    yield f"{value['author']} <{value['email']}> {value['date']}"
    yield f"\n{value['subject']}"
    if "body" in value:
        yield f"\n{value['body']}"
    if value["files"]:
        yield ""
    yield from tell_changes(value["files"])
