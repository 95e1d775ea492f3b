"""`git status --porcelain=v2 --branch -z` (git-status(1), "Porcelain Format Version 2")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from handrail.mcp.git.fields import SHORT, Fields, drop_empty, place, text

_STATES = {
    "M": "modified",
    "T": "type changed",
    "A": "added",
    "D": "deleted",
    "R": "renamed",
    "C": "copied",
}
_LETTERS = {
    **{state: letter for letter, state in _STATES.items()},
    "untracked": "?",
    "ignored": "!",
}
_CONFLICTS = {
    "DD": "both deleted",
    "AU": "added by us",
    "UD": "deleted by them",
    "UA": "added by them",
    "DU": "deleted by us",
    "AA": "both added",
    "UU": "both modified",
}
_INSIDE = {"C": "new commits", "M": "modified content", "U": "untracked content"}
_SPACES = {"1": 8, "2": 9, "u": 10}
"""How many spaces come before the path, by the kind of line."""


def parse(raw: bytes) -> dict[str, Any]:
    """The branch, and one entry for each path that is not as in the last commit."""
    fields = Fields(raw)
    headers: dict[str, str] = {}
    entries = []
    while fields.more:
        line = fields.take()
        if line.startswith(b"# "):
            name, _, said = text(line[2:]).partition(" ")
            headers[name] = said
        else:
            entries.append(_entry(line, fields))
    return {**_branch(headers), "entries": entries}


def _branch(headers: dict[str, str]) -> dict[str, Any]:
    ahead, _, behind = headers.get("branch.ab", "").partition(" ")
    branch, commit = headers.get("branch.head"), headers.get("branch.oid")
    stashes = headers.get("stash")
    return {
        "branch": None if branch == "(detached)" else branch,
        "commit": None if commit == "(initial)" else commit,
        **drop_empty(
            {
                "upstream": headers.get("branch.upstream"),
                "ahead": int(ahead) if ahead else None,
                "behind": -int(behind) if behind else None,
                "stashes": int(stashes) if stashes else None,
            }
        ),
    }


def _entry(line: bytes, fields: Fields) -> dict[str, Any]:
    kind = text(line[:1])
    if kind in "?!":
        return {**place(line[2:]), "worktree": "untracked" if kind == "?" else "ignored"}
    *columns, path = line.split(b" ", _SPACES[kind])
    states, submodule = text(columns[1]), text(columns[2])
    inside = [word for letter, word in _INSIDE.items() if letter in submodule[1:]]
    entry = place(path)
    if kind == "2":
        entry = {**place(fields.take(), "from"), **entry}
    if kind == "u":
        return {**entry, "conflict": _CONFLICTS[states]}
    changed = {
        "index": _STATES.get(states[0]),
        "worktree": _STATES.get(states[1]),
        "submodule": inside,
    }
    return {**entry, **drop_empty(changed)}


def tell(value: dict[str, Any]) -> Iterator[str]:
    """The branch, then a line for each entry as `git status --short` has it."""
    yield _tell_branch(value)
    if not value["entries"]:
        yield "Nothing has changed."
    for entry in value["entries"]:
        note = entry.get("conflict") or ", ".join(entry.get("submodule", ()))
        came = f" <- {entry['from']}" if "from" in entry else ""
        yield f"{_letters(entry)} {entry['path']}{came}{f' ({note})' if note else ''}"


def _tell_branch(value: dict[str, Any]) -> str:
    commit = (value["commit"] or "")[:SHORT]
    line = f"On branch {value['branch']}" if value["branch"] else f"HEAD detached at {commit}"
    notes = [] if commit else ["no commits yet"]
    if "upstream" in value:
        ahead, behind = value.get("ahead", "?"), value.get("behind", "?")
        notes.append(f"{ahead} ahead of and {behind} behind {value['upstream']}")
    if "stashes" in value:
        notes.append(f"stashes: {value['stashes']}")
    return "; ".join([line, *notes])


def _letters(entry: dict[str, Any]) -> str:
    if "conflict" in entry:
        return "UU"
    index, worktree = (_LETTERS.get(entry.get(side, ""), " ") for side in ("index", "worktree"))
    return worktree * 2 if worktree in "?!" else index + worktree
