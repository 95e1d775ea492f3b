"""A server put into a client's file, beside what is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from handrail.errors import SpecError, UsageError
from handrail.scaffold.clients import jsonc, toml, yaml
from handrail.scaffold.clients.client import Client, Format
from handrail.scaffold.clients.entry import entry, snippet
from handrail.scaffold.clients.launch import Launch
from handrail.spec import json_source, toml_source
from handrail.spec.kind import kind_of
from handrail.spec.source import Source, Spots


class Change(StrEnum):
    """What became of an entry."""

    ADDED = "added"
    REPLACED = "replaced"
    THERE = "already there"


@dataclass(frozen=True, slots=True)
class Merged:
    """A client's file with a server in it."""

    text: str
    change: Change


@dataclass(frozen=True, slots=True)
class _Language:
    read: Callable[[Source], object]
    spots: Callable[[Source], Spots]
    put: Callable[[Source, tuple[str, ...], Mapping[str, Any]], str]


_LANGUAGES = {
    Format.JSON: _Language(json_source.parse, json_source.spots, jsonc.put),
    Format.JSONC: _Language(jsonc.read, jsonc.spots, jsonc.put),
    Format.TOML: _Language(toml_source.parse, toml_source.spots, toml.put),
    Format.YAML: _Language(yaml.read, yaml.spots, yaml.put),
}


def merge(source: Source, client: Client, server: Launch, *, replaces: bool = False) -> Merged:
    """The client's file with the server in it; all else in it stays as it is, letter for letter.

    An entry that says the same, and perhaps more, stays. Another one of the same name is
    replaced when `replaces`. Raises `SpecError` for a file that cannot be read, `UsageError` for
    what may not be replaced.
    """
    try:
        return _merged(source, client, server, replaces=replaces)
    except RecursionError:
        problem = source.problem(0, "E106", "nested too deeply, or in itself")
        raise SpecError([problem]) from None


def _merged(source: Source, client: Client, server: Launch, *, replaces: bool) -> Merged:
    wanted = entry(client, server)
    if not source.text.strip():
        return Merged(snippet(client, server), Change.ADDED)
    language, at = _LANGUAGES[client.format], (*client.keys, server.name)
    data = language.read(source)
    there = _found(source, language.spots, data, at)
    if there is not None and _says(there, wanted):
        return Merged(source.text, Change.THERE)
    if there is not None and not replaces:
        raise _clash(source, language.spots, at)
    text = _put(source, language, at, wanted)
    _check(source, text, language, at, wanted)
    return Merged(text, Change.ADDED if there is None else Change.REPLACED)


def _found(
    source: Source, spots: Callable[[Source], Spots], data: object, at: tuple[str, ...]
) -> object:
    """What is at `at`; None when nothing is. Raises `SpecError` when a table is something else."""
    for depth, key in enumerate(at):
        if data is None and depth == 0:
            return None
        if not isinstance(data, dict):
            spot = spots(source).get(at[:depth])
            what = ".".join(at[:depth]) or "the file"
            message = f"{what} is {kind_of(data)}, and should hold one entry for each server"
            raise SpecError([source.problem(spot.value if spot else 0, "E102", message)])
        if key not in data:
            return None
        data = data[key]
    return data


def _says(there: object, wanted: object) -> bool:
    """Whether an entry says all that is wanted; its author may have said more."""
    if isinstance(there, dict) and isinstance(wanted, dict):
        return all(key in there and _says(there[key], value) for key, value in wanted.items())
    return there == wanted


def _clash(source: Source, spots: Callable[[Source], Spots], at: tuple[str, ...]) -> UsageError:
    spot = spots(source).get(at)
    place = source.place(spot.key if spot else 0)
    return UsageError(
        f"{source.file}:{place.line}:{place.column}: there is another entry called {at[-1]!r}",
        hint="Take another name with --name, or replace it with --replace.",
    )


def _put(
    source: Source, language: _Language, at: tuple[str, ...], wanted: Mapping[str, Any]
) -> str:
    if source.text.count("\r\n") < source.text.count("\n") or "\n" not in source.text:
        return language.put(source, at, wanted)
    lines = replace(source, text=source.text.replace("\r\n", "\n"))
    return language.put(lines, at, wanted).replace("\n", "\r\n")


def _check(
    source: Source,
    text: str,
    language: _Language,
    at: tuple[str, ...],
    wanted: Mapping[str, Any],
) -> None:
    """Raises `UsageError` when the new text says anything else than the old and the entry."""
    expected: Any = language.read(source) or {}
    holder = expected
    for key in at[:-1]:
        holder = holder.setdefault(key, {})
    holder[at[-1]] = dict(wanted)
    try:
        matches = language.read(replace(source, text=text)) == expected
    except SpecError:
        matches = False
    if not matches:
        raise UsageError(
            f"{source.file} is written in a way that an entry cannot be put into",
            hint="Nothing was changed. Add what is printed without --write yourself.",
        )
