"""Branches and tags, as `git for-each-ref` writes them with the formats in packs/git.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from handrail.mcp.git.fields import SHORT, Fields, drop_empty

_BRANCH_FIELDS = 8
_TAG_FIELDS = 7
_HEADS, _REMOTES = "refs/heads/", "refs/remotes/"
_TRACK = re.compile(r"(ahead|behind) ([0-9]+)")


def parse_branches(raw: bytes) -> dict[str, Any]:
    """The branches: the newest first, `current` for the one that is checked out."""
    return {"branches": [_branch(*row) for row in _rows(raw, _BRANCH_FIELDS)]}


def parse_tags(raw: bytes) -> dict[str, Any]:
    """The tags, the newest first; `commit` is what an annotated tag stands for."""
    return {"tags": [_tag(*row) for row in _rows(raw, _TAG_FIELDS)]}


def _rows(raw: bytes, count: int) -> Iterator[list[str]]:
    fields = Fields(raw)
    while fields.more:
        row = fields.texts(count)
        fields.at += 1  # the line's own end
        yield row


def _branch(*row: str) -> dict[str, Any]:
    head, ref, commit, upstream, track, date, author, subject = row
    remote = ref.startswith(_REMOTES)
    return drop_empty(
        {
            "name": ref.removeprefix(_REMOTES if remote else _HEADS),
            "current": True if head == "*" else None,
            "remote": True if remote else None,
            "commit": commit,
            "upstream": upstream,
            "upstream_is_gone": True if track == "gone" else None,
            **{side: int(count) for side, count in _TRACK.findall(track)},
            "date": date,
            "author": author,
            "subject": subject,
        }
    )


def _tag(*row: str) -> dict[str, Any]:
    name, commit, peeled, kind, date, tagger, subject = row
    annotated = True if kind == "tag" else None
    return drop_empty(
        {
            "name": name,
            "commit": peeled or commit,
            "annotated": annotated,
            "date": date,
            "tagger": tagger,
            "subject": subject,
        }
    )


def tell_branches(value: dict[str, Any]) -> Iterator[str]:
    """A line for each branch."""
    if not value["branches"]:
        yield "No branches."
    for one in value["branches"]:
        mark = "*" if "current" in one else " "
        tracks = f" [{_tell_upstream(one)}]" if "upstream" in one else ""
        about = f"{one['commit'][:SHORT]} {one.get('date', '')} {one.get('subject', '')}"
        yield f"{mark} {one['name']} {about}{tracks}".rstrip()


def _tell_upstream(one: dict[str, Any]) -> str:
    if "upstream_is_gone" in one:
        return f"{one['upstream']}: gone"
    counts = [f"{side} {one[side]}" for side in ("ahead", "behind") if side in one]
    return f"{one['upstream']}: {', '.join(counts)}" if counts else str(one["upstream"])


def tell_tags(value: dict[str, Any]) -> Iterator[str]:
    """A line for each tag."""
    if not value["tags"]:
        yield "No tags."
    for one in value["tags"]:
        about = f"{one['commit'][:SHORT]} {one.get('date', '')} {one.get('subject', '')}"
        yield f"{one['name']} {about}".rstrip()
