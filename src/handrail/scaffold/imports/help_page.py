"""A help page as its program's author meant it: usage, options, operands, subcommands.

The common generators of such pages (argparse, click, cobra, clap, Go's flag) and the customs of
GNU and docopt agree in this much: an option begins its line, two blanks or a deeper line divide
it from what is said of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handrail.scaffold.imports.help_option import HelpOption, read_option
from handrail.scaffold.imports.help_text import lines_of

_OPTION = re.compile(r"(?P<indent> *)(?P<spec>-[^ ](?:[^ ]| (?! ))*)(?:  +(?P<about>.*))?")
_USAGE = re.compile(r"\s*(?:usage|synopsis)\b:?\s*(?P<form>.*)", re.IGNORECASE)
_HEADING = re.compile(r"[^\s-].*")
_COMMANDS = re.compile(r".*\b(sub)?commands?\b", re.IGNORECASE)
_COMMAND = re.compile(
    r" {1,8}(?!or:)(?P<name>[a-z][\w-]*)\*?(?:, [\w-]+)*:?(?: {2,}|\t)(?P<about>\S.*)"
)
_ARGUMENTS = re.compile(r"(positional arguments|arguments|args|operands)\b.*:", re.IGNORECASE)
_ARGUMENT = re.compile(
    r" {1,8}(?P<name>[\[<]*[A-Za-z][\w -]*?[>\]]*(?:\.\.\.)?)(?: {2,}(?P<about>.*))?"
)
_DEEPER = 6
"""Blanks more than the first option has: from there on it is description."""
_LONGEST_ABOUT = 2_000


@dataclass(frozen=True, slots=True)
class Page:
    """What a help page says."""

    usage: str
    about: str
    options: tuple[HelpOption, ...]
    arguments: dict[str, str]
    """What is said of operands, by their names in small letters."""
    commands: dict[str, str]
    """What is said of subcommands."""


def read_page(text: str, known: Sequence[str] = ()) -> Page:
    """Read a help page; `known` are subcommands to look for, whatever their heading says."""
    lines = lines_of(text)
    usage, after = _usage(lines)
    return Page(
        usage=usage,
        about=_about(lines[: after[0]]) or _about(_before_options(lines[after[1] :])),
        options=tuple(_options(lines)),
        arguments=dict(_arguments(lines)),
        commands=dict(_commands(lines, {*known, *_braced(usage)})),
    )


def _usage(lines: list[str]) -> tuple[str, tuple[int, int]]:
    """The first form of use, and from which line up to which all of them are."""
    start = next((at for at, line in enumerate(lines) if _USAGE.fullmatch(line)), None)
    found = _USAGE.fullmatch(lines[start]) if start is not None else None
    if start is None or found is None:
        return "", (0, 0)
    end = start + 1
    if not found["form"]:
        while end < len(lines) and not lines[end]:
            end += 1
    begin = end
    while end < len(lines) and lines[end].startswith((" ", "or:")) and not _is_option(lines[end]):
        end += 1
    forms = [found["form"], *(line.strip() for line in lines[begin:end])]
    return _first_form([form for form in forms if form]), (start, end)


def _first_form(forms: list[str]) -> str:
    """The lines of the first form: up to the one that begins like it."""
    if not forms:
        return ""
    program, taken = forms[0].split()[0], forms[:1]
    for form in forms[1:]:
        if form.split()[0] in (program, "or:", "or"):
            break
        taken.append(form)
    return " ".join(taken)


def _braced(usage: str) -> list[str]:
    """Subcommands as argparse shows them: `{add,remove} ...`."""
    found = re.search(r"\{([\w,-]+)\} \.\.\.", usage)
    return found[1].split(",") if found else []


def _about(lines: list[str]) -> str:
    """The first paragraph that reads like a sentence."""
    for paragraph in re.split(r"\n\s*\n", "\n".join(lines)):
        said = " ".join(paragraph.split())
        is_list = re.match(r"-|\S+ v?\d+\.\d", said) or said.endswith(":") or "@" in said
        if len(said.split()) > 2 and not is_list and "  " not in paragraph.strip():
            return said
    return ""


def _is_option(line: str) -> bool:
    return _OPTION.fullmatch(line) is not None


def _before_options(lines: list[str]) -> list[str]:
    """What is said before any option, and before what has a heading."""
    end = next((at for at, line in enumerate(lines) if _is_option(line) or line.endswith(":")), 0)
    return lines[:end]


def _options(lines: list[str]) -> Iterator[HelpOption]:
    deepest, at = 0, 0
    while at < len(lines):
        found = _OPTION.fullmatch(lines[at])
        at += 1
        if found is None or (deepest and len(found["indent"]) >= deepest):
            continue
        deepest = deepest or len(found["indent"]) + _DEEPER
        end = _end(lines, at, len(found["indent"]), deepest)
        further = " ".join(line.strip() for line in lines[at:end])
        said = f"{found['about'] or ''} {further}"[:_LONGEST_ABOUT]
        option = read_option(found["spec"], said.strip())
        at = end
        if option is not None:
            yield option


def _end(lines: list[str], at: int, indent: int, deepest: int) -> int:
    """Where what is said of an option ends: at the next one, or at a line that is not deeper."""
    while at < len(lines):
        line = lines[at]
        margin = len(line) - len(line.lstrip())
        if line and (margin <= indent or (_is_option(line) and margin < deepest)):
            return at
        at += 1
    return at


def _arguments(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line, heading in _under_headings(lines):
        found = _ARGUMENT.fullmatch(line) if _ARGUMENTS.match(heading) else None
        if found:
            yield found["name"].strip("[]<>.").lower(), found["about"] or ""


def _commands(lines: list[str], known: set[str]) -> Iterator[tuple[str, str]]:
    for line, heading in _under_headings(lines):
        found = _COMMAND.fullmatch(line)
        is_listed = _COMMANDS.match(heading) and not _USAGE.fullmatch(heading)
        if found and (found["name"] in known or (not known and is_listed)):
            yield found["name"], found["about"]


def _under_headings(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Every line that is indented, with the last one before it that is not."""
    heading = ""
    for line in lines:
        if _HEADING.fullmatch(line):
            heading = line
        elif line:
            yield line, heading
