"""A rule: which calls it is about, and what it decides."""

from __future__ import annotations

import fnmatch
from typing import Annotated, Literal

from pydantic import Field

from handrail.spec.element import Condition, Element, Names, PatternTable
from handrail.spec.model import Table
from handrail.spec.names import ParamName

Words = Annotated[tuple[str, ...], Field(min_length=1)]
"""A command: the program's name, and its arguments."""


class RuleSpec(Table):
    """What to decide about some calls; of all rules that match a call, the strictest binds."""

    tool: str | None = Field(default=None, min_length=1)
    """The tool, by its name or a glob like `"git_*"`; any when unset."""
    argv: tuple[Element, ...] = Field(default=(), min_length=1)
    """How the command begins; options may stand between."""
    has: tuple[Element, ...] = Field(default=(), min_length=1)
    """Elements of which one must be among the command's arguments."""
    params: dict[ParamName, Condition] = Field(default_factory=dict)
    """What the tool's arguments are, by name."""
    caller: Names = ()
    """Who calls: one of these."""
    role: Names = ()
    """A role of who calls: one of these."""
    decision: Literal["allow", "ask", "deny"]
    """allow, ask or deny."""
    reason: str | None = Field(default=None, min_length=1, max_length=1024)
    """Why, and what to do instead; the answer to the caller shows it."""
    match: tuple[Words, ...] = ()
    """Commands that it must match, checked when the file is read."""
    not_match: tuple[Words, ...] = ()
    """Commands that it must not match."""

    @property
    def summary(self) -> str:
        """What it is about, as people say it: `git push|fetch … --force`, `run_* with branch`."""
        words = [_said(one) for one in self.argv]
        if self.has:
            words += ["…", "|".join(map(_said, self.has))]
        about = " ".join(words) or self.tool or "every call"
        return f"{about} with {', '.join(self.params)}" if self.params else about

    def is_about(self, tool: str) -> bool:
        """Whether it is about this tool."""
        return self.tool is None or fnmatch.fnmatchcase(tool, self.tool)


def _said(element: str | tuple[str, ...] | PatternTable) -> str:
    match element:
        case str():
            return element
        case tuple():
            return "|".join(element)
        case PatternTable():
            return element.glob if element.glob is not None else f"/{element.regex}/"
