"""One option as help pages write it: `-n, --lines=NUM`, `--color <WHEN>`, `-v | --verbose`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = re.compile(r"--?(?:\[no-\])?[A-Za-z0-9][\w.-]*|-[?@#]")
_BETWEEN = re.compile(r"\s*(?:,|\||/|\bor\b)\s*(?=-)|\s+(?=-)")
_TYPES = r"(?:u?int(?:8|16|32|64)?|float(?:32|64)?|strings?|stringArray|duration|file|path|dir)"
_WORD = rf"[A-Z][A-Z0-9_:./|<>+-]*(?![a-z])|{_TYPES}(?=[\s,]|$)|[a-z][\w|:-]*(?=\s*(?:,|$))"
_BRACKETED = r"\{[^{}]*\}|<[^<>]*>|\([^()]*\|[^()]*\)"
_OPTIONAL = re.compile(r" ?\[(?P<sign>=?)(?P<value>[^\[\]]+)\]")
_ATTACHED = re.compile(rf"=(?P<value>{_BRACKETED}|\[[^\[\]]*\]|[^\s,\[\]]+)")
_APART = re.compile(rf" (?P<value>{_BRACKETED}|{_WORD})")
_MORE = re.compile(r"(?:\s?\.\.\.|\s\[[^\[\]]*\.\.\.\])")
_LISTED = re.compile(
    r"(?:possible values:|choices:|one of:?|can be:?)\s*[(\[{]?(?P<values>[^\])}.;]+)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s- (?P<value>[\w.+-]+):(?=\s)")
_ASIDE = re.compile(
    r"\s*\[(?:possible values|env|alias(?:es)?|choices):[^\]]*\]|\s*Possible values:.*", re.DOTALL
)
"""What is said of values beside their meaning."""
_VALUE = re.compile(r"[A-Za-z0-9][\w.+:@/-]{0,63}")
_SEVERAL = re.compile(r"multiple times|repeatable|(may|can) be repeated|more than once", re.I)
_MOST_CHOICES = 50


@dataclass(frozen=True, slots=True)
class HelpOption:
    """What a help page says of an option."""

    names: tuple[str, ...]
    about: str = ""
    value: str | None = None
    """What the page calls its value; None for a switch."""
    attached: bool = False
    """Whether the value must be in the same element: `--color=auto`."""
    choices: tuple[str, ...] = ()
    repeats: bool = False

    @property
    def name(self) -> str:
        """Its first long name, or its only one."""
        return next((one for one in self.names if one.startswith("--")), self.names[-1])


def read_option(spec: str, about: str) -> HelpOption | None:
    """The option that `spec` names; None for none, and for what takes more than one value."""
    names: list[str] = []
    value, attached, repeats, at = None, False, False, 0
    while found := _NAME.match(spec, at):
        names.append(found[0].replace("[no-]", "").rstrip("."))
        repeats = repeats or found[0].endswith("...")
        at = found.end()
        if (
            given := _OPTIONAL.match(spec, at)
            or _ATTACHED.match(spec, at)
            or _APART.match(spec, at)
        ):
            value, at = value or given["value"], given.end()
            # Click writes `--kind [a|b]` for a value that must be there.
            attached = (
                attached or "=" in given[0][:3] or (given.re is _OPTIONAL and "|" not in value)
            )
        if more := _MORE.match(spec, at):
            repeats, at = True, more.end()
        between = _BETWEEN.match(spec, at)
        if between is None:
            break
        at = between.end()
        both_alike = names[0].startswith("--") == spec.startswith("--", at)
        if between[0].isspace() and (len(names) > 1 or both_alike):
            break  # a line that lists several options
    rest = spec[at:].strip()
    if not names or (about and rest and not rest.startswith("-")):
        return None
    return _complete(
        names,
        value,
        attached=attached,
        repeats=repeats,
        about=about or ("" if rest.startswith("-") else rest),
    )


def _complete(
    names: list[str], value: str | None, *, attached: bool, repeats: bool, about: str
) -> HelpOption:
    if value is None:
        return HelpOption(tuple(names), _ASIDE.sub("", about).strip())
    return HelpOption(
        names=tuple(names),
        about=_ASIDE.sub("", about).strip(),
        value=value.strip("<>{}[]()= "),
        attached=attached,
        choices=_alternatives(value) or _told(about),
        repeats=repeats or bool(_SEVERAL.search(about)),
    )


def _alternatives(value: str) -> tuple[str, ...]:
    """The values that are listed in the place of one: `{a,b}`, `[a|b]`. `<a|b>` are kinds of it."""
    if value.startswith("<"):
        return ()
    return _choices(re.split(r"[,|]", value.strip("{}[]() ")))


def _told(about: str) -> tuple[str, ...]:
    """The values that the description lists as the only ones."""
    if items := _ITEM.findall(about):
        return _choices(items)
    found = _LISTED.search(about)
    return _choices(re.split(r",\s*(?:or\s+)?|\s*\|\s*", found["values"])) if found else ()


def _choices(values: list[str]) -> tuple[str, ...]:
    found = dict.fromkeys(value.strip(" \"'`") for value in values)
    fit = all(map(_VALUE.fullmatch, found)) and any(not value.isupper() for value in found)
    return tuple(found) if fit and 2 <= len(found) <= _MOST_CHOICES else ()
