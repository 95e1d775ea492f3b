"""What a project and its modules are called in Python."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Sequence
from importlib.metadata import packages_distributions

from handrail.errors import UsageError

_OUR_FOLDERS = {"benchmarks", "tests", "test", "docs", "handrail", "vendor"}
_LONGEST = 64
_HINT = "Give it another one with --name."


def project_name(text: str) -> str:
    """`text` as the name of a distribution: small letters and digits, with `-` between them.

    Raises `UsageError` when a package cannot be called so.
    """
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_LONGEST].rstrip("-")
    package = package_name(name)
    if not name:
        raise UsageError(f"{text!r} has no letters for the name of a package", hint=_HINT)
    if not package.isidentifier():
        raise UsageError(
            f"a package cannot be called {package!r}: it begins with a digit", hint=_HINT
        )
    if keyword.iskeyword(package) or keyword.issoftkeyword(package):
        raise UsageError(
            f"a package cannot be called {package!r}: it is a word of Python", hint=_HINT
        )
    if package in _OUR_FOLDERS or _is_taken(package):
        raise UsageError(f"a package called {package!r} would hide another one", hint=_HINT)
    return name


def package_name(name: str) -> str:
    """The package of a distribution."""
    return name.replace("-", "_")


def module_names(tools: Sequence[str]) -> list[str]:
    """The module of each tool, by their names, in their order; no two are the same."""
    found: list[str] = []
    for tool in tools:
        name = re.sub(r"\W", "_", tool.lower())
        while keyword.iskeyword(name) or name in found:
            name += "_"
        found.append(name)
    return found


def _is_taken(package: str) -> bool:
    """Whether Python, or what is installed with us, has a package of this name."""
    return package in sys.stdlib_module_names or package in packages_distributions()
