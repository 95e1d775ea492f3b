"""Targets of a Makefile, read from its text: make itself would run parts of it to list them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from handrail.errors import UsageError
from handrail.scaffold.imports.files import chosen, text_of
from handrail.scaffold.imports.found import Found, wanted
from handrail.scaffold.imports.targets import Runner, Target
from handrail.scaffold.imports.wording import cleaned

_USUAL = ("GNUmakefile", "makefile", "Makefile")
"""What make looks for, in its order."""
_RULE = re.compile(r"(?P<names>[^\s:=#][^:=#]*?)\s*::?(?![:=])(?P<rest>[^=]*)$")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
_HELP = re.compile(r"\s##+\s*(?P<text>.*)$")
_OTHERS = re.compile(r"\s*-?s?include\s")


@dataclass(slots=True)
class _Makefile:
    """What the lines say: targets in their order with their help, and which are phony."""

    about: dict[str, str] = field(default_factory=dict)
    phony: set[str] = field(default_factory=set)
    computed: int = 0
    includes: bool = False

    @property
    def targets(self) -> dict[str, Target]:
        """The targets for people: the phony ones, or those that are no file's name."""
        by_name = self.phony & self.about.keys() or {name for name in self.about if "." not in name}
        return {name: Target(name, said) for name, said in self.about.items() if name in by_name}


def drafts(where: str, only: Sequence[str]) -> Found:
    """Drafts for the targets of the Makefile at `where`, by default in the current folder."""
    file = chosen(where, *_USUAL)
    makefile = _read(text_of(file))
    if not makefile.targets:
        raise UsageError(f"{file} has no targets to call by name")
    targets, notes = wanted(makefile.targets, only, "target")
    if makefile.includes:
        notes.append("What the Makefile includes was not read; its targets are missing here.")
    if makefile.computed:
        notes.append(
            f"Targets whose names make works out ({makefile.computed} lines with $ or %) were "
            "left out."
        )
    return Found(_runner(file).drafts(list(targets.values())), tuple(notes))


def _runner(file: Path) -> Runner:
    words = () if file.name in _USUAL else ("--file", file.name)
    return Runner("make", words, "make target", file.parent)


def _read(text: str) -> _Makefile:
    makefile, above = _Makefile(), ""
    for line in _lines(text):
        if line.startswith("##"):
            above = line.lstrip("# ")
            continue
        _take(makefile, line, above)
        above = ""
    return makefile


def _lines(text: str) -> Iterator[str]:
    """The lines that make reads as its own: no recipes, no texts of variables."""
    inside = False
    for line in re.sub(r"\\\n[ \t]*", " ", text.replace("\r\n", "\n")).split("\n"):
        words = line.split(maxsplit=1)
        if inside or words[:1] == ["define"]:
            inside = words[:1] != ["endef"]
        elif not line.startswith("\t"):
            yield line


def _take(makefile: _Makefile, line: str, above: str) -> None:
    makefile.includes = makefile.includes or bool(_OTHERS.match(line))
    said = _HELP.search(line)
    # A line may be a megabyte long; no rule for people is.
    rule = _RULE.match(line[:4096].partition("#")[0].rstrip().partition(";")[0])
    if rule is None:
        return
    names = rule["names"].split()
    if names == [".PHONY"]:
        makefile.phony.update(rule["rest"].split())
        return
    makefile.computed += any("$" in name or "%" in name for name in names)
    for name in filter(_NAME.fullmatch, names):
        about = cleaned(said["text"] if said else above)
        makefile.about[name] = makefile.about.get(name) or about
