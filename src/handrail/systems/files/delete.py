"""Delete, which is to move to the trash; and restore, which is to move back."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from handrail.systems.files.holding import refuse_holding
from handrail.systems.files.move import renamed
from handrail.systems.files.names import shown
from handrail.systems.files.parent import Spot, locked, spot
from handrail.systems.files.refused import ARGUMENT_INVALID, NOT_FOUND, Refused
from handrail.systems.files.replace import current, expect
from handrail.systems.files.setting import Setting
from handrail.systems.files.trash import Trash, kind_of, trash

_MOST_LISTED = 200
_APART = "The trash is at the top of the workspace: what is on another disk, its owner deletes."
Result = dict[str, object]


def delete(setting: Setting, given: Mapping[str, Any]) -> Result:
    """Move `path` to the trash, be it a link. Raises `Refused`, and then nothing has changed."""
    with (
        spot(setting.tree, given["path"], follow=False) as at,
        locked(at, setting.deadline),
        trash(setting.tree) as bin_,
    ):
        found = at.status()
        if found is None:
            hint = "list_files and find_files say what there is."
            raise Refused(NOT_FOUND, "`path`: there is nothing there", field="path", hint=hint)
        _expect(at, given.get("expected_hash"), is_file=stat.S_ISREG(found.st_mode))
        about = {
            "path": at.place,
            "kind": kind_of(found),
            "size": refuse_holding(setting, at),
            "deleted": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        entry_id = _moved(at, bin_, about)
        bin_.trim()
        return {**about, "path": shown(at.place), "id": entry_id}


def _moved(at: Spot, bin_: Trash, about: Mapping[str, Any]) -> str:
    entry_id = bin_.new(about)
    try:
        with bin_.entry(entry_id, at.field) as content:
            renamed(at, content, _APART)
    except Refused:
        bin_.drop(entry_id)
        raise
    return entry_id


def _expect(at: Spot, expected: str | None, *, is_file: bool) -> None:
    if expected is None:
        return
    now = current(at) if is_file else None
    if now is None:
        why = "`expected_hash`: only a file has one"
        raise Refused(ARGUMENT_INVALID, why, field="expected_hash", hint="Leave it out.")
    expect(now, expected)


def restore(setting: Setting, given: Mapping[str, Any]) -> Result:
    """Move an entry back, or list what can be. Raises `Refused`."""
    with trash(setting.tree) as bin_:
        if "id" not in given:
            return _listed(bin_)
        about = bin_.about(given["id"])
        with bin_.entry(given["id"]) as content:
            if about is None:
                raise Refused(NOT_FOUND, "`id`: this entry has nothing to restore", field="id")
            field, to = ("to", given["to"]) if "to" in given else ("id", str(about["path"]))
            with (
                spot(setting.tree, to, field, follow=False, make=True) as target,
                locked(target, setting.deadline),
            ):
                renamed(content, target)
                place = target.place
        bin_.drop(given["id"])
        return {"path": shown(place), "kind": about["kind"]}


def _listed(bin_: Trash) -> Result:
    ids = bin_.ids()
    entries = [
        {**about, "id": entry_id, "path": shown(about["path"])}
        for entry_id in ids[:_MOST_LISTED]
        if (about := bin_.about(entry_id)) is not None
    ]
    more = len(ids) - _MOST_LISTED
    return {"entries": entries, **({"left_out": more} if more > 0 else {})}
