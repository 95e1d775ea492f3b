"""The grammar of `args`: how params become argv elements (design §4).

| form                            | becomes                                            |
|---------------------------------|----------------------------------------------------|
| `"text{p}text"`                 | exactly one element                                |
| `"{p}"`, p with `repeat`        | one element per item                               |
| `["--since={since}"]`           | dropped whole when a param in it is unset          |
| `{ when = "p", args = [..] }`   | present when the boolean is true (`unless`: false) |
| `{ each = "p", args = [..] }`   | repeated per item; `{p}` is the item               |
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Discriminator, RootModel, Tag

from handrail.spec.model import Table
from handrail.spec.template import Template

CONDITIONS = ("when", "unless", "each")
"""The keys that make a table of `args`; a table has exactly one of them."""


def _form(value: Any) -> str | None:
    """Which form a raw item has, so that errors speak of that form only."""
    if isinstance(value, dict):
        return next((f"<{key}>" for key in CONDITIONS if key in value), None)
    return next((tag for kinds, tag in _TAGS if isinstance(value, kinds)), None)


class Group(RootModel["tuple[Arg, ...]"]):
    """Arguments that are dropped together when a param in them is unset."""

    model_config = ConfigDict(frozen=True)

    @property
    def args(self) -> tuple[Arg, ...]:
        """The arguments of the group."""
        return self.root


class When(Table):
    """Arguments that are present when a boolean param is true."""

    when: str
    """The boolean param that turns these arguments on."""
    args: tuple[Arg, ...]
    """The arguments."""


class Unless(Table):
    """Arguments that are present when a boolean param is false or unset."""

    unless: str
    """The boolean param that turns these arguments off."""
    args: tuple[Arg, ...]
    """The arguments."""


class Each(Table):
    """Arguments that are repeated for every item of a repeated param."""

    each: str
    """The repeated param; inside `args`, its name stands for one item."""
    args: tuple[Arg, ...]
    """The arguments for one item."""


Arg = Annotated[
    Annotated[Template, Tag("<text>")]
    | Annotated[Group, Tag("<group>")]
    | Annotated[When, Tag("<when>")]
    | Annotated[Unless, Tag("<unless>")]
    | Annotated[Each, Tag("<each>")],
    Discriminator(_form),
]
"""One item of `args`."""

_TAGS = (
    (str | Template, "<text>"),
    (list | tuple | Group, "<group>"),
    (When, "<when>"),
    (Unless, "<unless>"),
    (Each, "<each>"),
)

for _table in (Group, When, Unless, Each):
    _table.model_rebuild()
