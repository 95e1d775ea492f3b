"""Find files and folders by their names."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from functools import partial
from typing import Any

from handrail.systems.files.globs import found_by
from handrail.systems.files.results import Results
from handrail.systems.files.setting import Setting
from handrail.systems.files.told import told
from handrail.systems.files.walk import FOLDER, Entry, Walk

_ANY = "any"


def find(setting: Setting, given: Mapping[str, Any]) -> dict[str, object]:
    """A page of `entries` whose paths match `pattern`. Raises `Refused`."""
    pattern, kind = found_by(given["pattern"], "pattern"), given["kind"]
    walk = Walk(setting, given["path"], ignored=given["ignored"])
    results = Results(given["offset"], given["limit"])
    with closing(iter(walk)) as entries:
        for entry in entries:
            if kind in (_ANY, entry.kind) and pattern.match(_path(entry, walk)):
                results.offer(partial(told, entry))
                if results.is_over:
                    break
    return results.told("entries", is_late=walk.is_late)


def _path(entry: Entry, walk: Walk) -> str:
    """As patterns see it: from where the search begins, with a `/` behind a folder's."""
    return entry.path[len(walk.base) :] + ("/" if entry.kind == FOLDER else "")
