"""Trees to search, and calls of the operations that look for things in them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from handrail.systems.files.find import find
from handrail.systems.files.grep import grep
from handrail.systems.files.list import list_
from handrail.systems.files.setting import Setting
from handrail.systems.files.tree import Tree

RIPGREP = "/usr/bin/rg"


def plant(root: Path, files: Mapping[str, bytes | str]) -> None:
    """Make files, and the folders that they are in; a folder ends with `/`."""
    for name, content in files.items():
        path = root / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


@contextmanager
def workspace(
    root: Path, *, searcher: str | None = None, seconds: float = 60, hidden: tuple[str, ...] = ()
) -> Iterator[Setting]:
    """Work in `root`, as a call does; back again afterwards."""
    before = os.open(".", os.O_PATH)
    os.chdir(root)
    tree = Tree.here(hidden=hidden)
    try:
        yield Setting(tree, time.monotonic() + seconds, searcher)
    finally:
        os.fchdir(before)
        os.close(tree.root)
        os.close(before)


def listing(setting: Setting, **given: Any) -> dict[str, Any]:
    return list_(
        setting, {"path": "./", "depth": 20, "limit": 1000, "offset": 0, "ignored": False, **given}
    )


def finding(setting: Setting, pattern: str, **given: Any) -> dict[str, Any]:
    defaults = {"path": "./", "kind": "any", "limit": 1000, "offset": 0, "ignored": False}
    return find(setting, {**defaults, "pattern": pattern, **given})


def searching(setting: Setting, pattern: str, **given: Any) -> dict[str, Any]:
    defaults = {
        "path": "./",
        "regex": False,
        "ignore_case": False,
        "context": 0,
        "names_only": False,
        "limit": 1000,
        "offset": 0,
        "ignored": False,
    }
    return grep(setting, {**defaults, "pattern": pattern, **given})


def paths(result: dict[str, Any]) -> list[str]:
    """Of its entries or matches."""
    return [one["path"] for one in result.get("entries", result.get("matches", []))]


def followed(look: Callable[..., dict[str, Any]], setting: Setting, **given: Any) -> dict[str, Any]:
    """All pages of entries as one, each by what the one before said to ask next."""
    found: list[Any] = []
    page: dict[str, Any] = {"next": {}}
    while "next" in page:
        page = look(setting, **{**given, **page["next"]})
        found += page["entries"]
    return {"entries": found}
