"""Tables that Python modules hold, as the reader of server files wants them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

from handrail.diagnostic import Diagnostic, Finding, Key
from handrail.spec.document import Document
from handrail.spec.source import Source, Spot, Spots

At = tuple[Key, ...]
_START = Spot(0, 0)
_PLURALS = {"RULES": "rule"}
"""What a project calls lists whose entries a server file writes one by one."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where a table of a project is written: a variable of a module."""

    file: Path
    variable: str


@dataclass(frozen=True)
class Modules(Document):
    """The tables of a project, each in its module; what is found at fault is found there."""

    homes: Mapping[At, Home]
    """Where the tables at these places are written; those of longer places count first."""

    def locate(self, findings: Iterable[Finding]) -> list[Diagnostic]:
        """Give every finding the file, the line and the column where it is written."""
        return list(dict.fromkeys(found for one in findings for found in self._located(one)))

    def _located(self, finding: Finding) -> list[Diagnostic]:
        for length in range(len(finding.at), 0, -1):
            home = self.homes.get(finding.at[:length])
            if home is not None:
                inside = replace(finding, at=(home.variable, *finding.at[length:]))
                return _module(home.file).locate([inside])
        return super().locate([replace(finding, at=())])


def homes_in(package: Path) -> dict[At, Home]:
    """Where the tables of a project are, by their names: `[limits]` is the variable LIMITS."""
    return {
        (_PLURALS.get(name, name.lower()),): Home(file, name)
        for file in sorted(package.glob("*.py"))
        for name, _ in _assigned(ast.parse(file.read_text()))
        if name.isupper()
    }


def _module(file: Path) -> Document:
    return Document(Source(file, None, file.read_text()), {}, find_spots)


def find_spots(source: Source) -> Spots:
    """Where everything is that a module assigns to its variables, by name and key path.

    Tables are calls with keywords, or dicts; both with strings for keys.
    """
    starts = [0, *accumulate(map(len, source.text.splitlines(keepends=True)))]
    lines = source.text.splitlines()

    def spot(node: ast.expr | ast.keyword) -> int:
        # ast counts columns in bytes.
        line = lines[node.lineno - 1].encode()[: node.col_offset]
        return starts[node.lineno - 1] + len(line.decode())

    found: dict[At, Spot] = {(): _START}
    for name, value in _assigned(ast.parse(source.text)):
        found[(name,)] = Spot(spot(value), spot(value))
        for at, key, inner in _inside((name,), value):
            found[at] = Spot(spot(key), spot(inner))
    return found


def _assigned(module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for statement in module.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
            case _:
                pass


def _inside(at: At, value: ast.expr) -> Iterator[tuple[At, ast.expr | ast.keyword, ast.expr]]:
    """Every key below a table or a list: its path, where the key is, and its value."""
    for key, where, inner in _entries(value):
        yield (*at, key), where, inner
        yield from _inside((*at, key), inner)


def _entries(value: ast.expr) -> Iterator[tuple[Key, ast.expr | ast.keyword, ast.expr]]:
    match value:
        case ast.Call(keywords=keywords):
            yield from ((one.arg, one, one.value) for one in keywords if one.arg is not None)
        case ast.Dict(keys=keys, values=values):
            for key, inner in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, key, inner
        case ast.List(elts=items) | ast.Tuple(elts=items):
            yield from ((index, item, item) for index, item in enumerate(items))
        case _:
            pass
