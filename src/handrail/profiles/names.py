"""Names that are not known yet: those that find finds, and those in the input of xargs."""

from __future__ import annotations

from dataclasses import dataclass

from handrail.profiles.reading import Use
from handrail.profiles.role import Role

PLACEHOLDER = "{}"
"""What find and xargs put names in the place of."""


@dataclass(frozen=True, slots=True)
class Names:
    """What stands for them in a command.

    Those `of_input` may begin with `-`; those that find finds begin with a folder.
    """

    placeholder: str = PLACEHOLDER
    of_input: bool = False

    def are_in(self, use: Use) -> bool:
        """Whether what is used is one of them, or has one in it."""
        return self.placeholder in (use.value or "")


def replaced(use: Use) -> Use:
    """What a placeholder may stand for: text, or a name that confinement keeps inside."""
    match use.role:
        case Role.TEXT | Role.FLAG | Role.ASSIGNMENT:
            return use
        case Role.READ | Role.MAYBE | Role.PATH | Role.LOCAL | Role.LISTS:
            return Use(Role.LEANS, use.name, "is given names that are not known yet", use.at)
        case Role.WRITE | Role.LOCAL_WRITE:
            return Use(Role.WRITES, use.name, None, use.at)
        case Role.DESTROY:
            return Use(Role.DESTROYS, use.name, None, use.at)
        case _:
            return Use(Role.RUN, use.name, use.value, use.at)
