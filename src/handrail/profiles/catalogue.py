"""The profiles that come with Handrail, and those that a server file brings."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from handrail.diagnostic import Diagnostic, Finding
from handrail.errors import SpecError
from handrail.profiles.grammar import Grammar
from handrail.profiles.profile import Level, Profile
from handrail.spec.document import parse
from handrail.spec.plain import unplain
from handrail.spec.source import open_source
from handrail.spec.suggest import did_you_mean

_VERSION = re.compile(r"[-.]?\d[\d.]*$")
_NAMES = re.compile(r"^names\s*=\s*\[([^]]*)\]", re.MULTILINE)
_NAME = re.compile(r"""["']([^"']+)["']""")


def shipped(name: str) -> Profile | None:
    """The profile for a program whose file is called `name`; its version does not matter."""
    known = _known()
    path = known.get(name) or known.get(_VERSION.sub("", name))
    return None if path is None else _shipped(path)


def profile_of(program: Path) -> Profile | None:
    """The profile for the program at `program`: by the name that it leads to, or by its own."""
    return shipped(program.resolve().name) or shipped(program.name)


def shipped_names() -> list[str]:
    """What the profiles are called, one name each."""
    return sorted({path.stem for path in _known().values()})


def program_names() -> list[str]:
    """Every name that a program with a profile goes by."""
    return sorted(_known())


def read_profile(path: Path) -> Profile:
    """A profile from a file of the user's. Raises `SpecError` with all that is wrong with it."""
    document = parse(open_source(path))
    findings = list(unplain(document.data))
    if not findings:
        try:
            profile = Profile.model_validate(_lists(document.data), strict=False)
            Grammar.of(profile)
        except ValidationError as refused:
            findings = [_finding(error) for error in refused.errors(include_url=False)]
        except KeyError as unknown:
            findings = [Finding(("uses",), "E711", f"there is no [groups.{unknown.args[0]}]")]
        else:
            return profile
    raise SpecError(document.locate(findings))


def told(diagnostic: Diagnostic) -> str:
    """One mistake of a profile, as a part of a message about the file that names it."""
    place = f"{diagnostic.file.name}:{diagnostic.place.line}:{diagnostic.place.column}"
    return f"{place}: {diagnostic.message}"


@cache
def _known() -> dict[str, Path]:
    """Where the profile is, by every name of its program."""
    found: dict[str, Path] = {}
    for path in sorted(Path(str(files(__package__) / "programs")).glob("*.toml")):
        top = re.split(r"^\[", path.read_text(), maxsplit=1, flags=re.MULTILINE)[0]
        listed = _NAMES.search(top)
        others = _NAME.findall(listed[1]) if listed else []
        found |= dict.fromkeys((path.stem, *others), path)
    return found


@cache
def _shipped(path: Path) -> Profile:
    return read_profile(path)


def _lists(data: Any) -> Any:
    """TOML's lists as the tuples that the tables hold."""
    if isinstance(data, dict):
        return {key: _lists(value) for key, value in data.items()}
    return tuple(map(_lists, data)) if isinstance(data, list) else data


def _finding(error: ErrorDetails) -> Finding:
    at = tuple(step for step in error["loc"] if step != "[key]")
    if error["type"] == "extra_forbidden":
        known = Profile.model_fields if len(at) == 1 else Level.model_fields
        message = f'unknown key "{at[-1]}"{did_you_mean(str(at[-1]), known)}'
        return Finding(at, "E711", message, on_key=True)
    return Finding(at, "E711", f"{'.'.join(map(str, at))}: {error['msg']}")
