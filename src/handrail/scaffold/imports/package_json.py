"""Scripts of a package.json."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from handrail.diagnostic import Finding
from handrail.errors import SpecError, UsageError
from handrail.scaffold.imports.files import chosen, document
from handrail.scaffold.imports.found import Found, wanted
from handrail.scaffold.imports.targets import Runner, Target
from handrail.scaffold.imports.wording import cleaned, listed
from handrail.spec.kind import kind_of

_NAME = re.compile(r"[A-Za-z0-9_@][A-Za-z0-9_:.@/-]{0,127}")
_LIFECYCLE = frozenset({"install", "prepare", "publish", "dependencies", "version"})
"""Scripts that npm runs by itself at some moment."""


def drafts(where: str, only: Sequence[str]) -> Found:
    """Drafts for the scripts of the package.json at `where`, by default in this folder."""
    file = chosen(where, "package.json")
    read = document(file)
    scripts = read.data.get("scripts", {})
    if not isinstance(scripts, dict):
        message = f"scripts: must be a table, not {kind_of(scripts)}"
        raise SpecError(read.locate([Finding(("scripts",), "E102", message)]))
    usable = {name: script for name, script in scripts.items() if _NAME.fullmatch(name)}
    targets = {name: _target(name, script) for name, script in usable.items()}
    if not targets:
        raise UsageError(f"{file} has no scripts to call by name")
    if not only:
        targets = {name: one for name, one in targets.items() if not _is_hook(name, scripts)}
    found, notes = wanted(targets, only, "script")
    if odd := [name for name in scripts if name not in usable]:
        notes.append(f"Scripts with unusual names were left out: {listed(odd)}.")
    runner = Runner("npm", ("run", "--silent"), "npm script", file.parent)
    return Found(runner.drafts(list(found.values())), tuple(notes))


def _target(name: str, script: Any) -> Target:
    return Target(name, runs=cleaned(script, 120))


def _is_hook(name: str, scripts: dict[str, Any]) -> bool:
    """Whether npm runs it before or after another, or by itself."""
    for prefix in ("pre", "post"):
        after = name.removeprefix(prefix)
        if after != name and (after in scripts or after in _LIFECYCLE or after == "pack"):
            return True
    return name in _LIFECYCLE or name == "prepublishOnly"
