"""A program in another program's language is judged by its text: awk, jq."""

from __future__ import annotations

import re
from dataclasses import replace

from handrail.profiles import awk
from handrail.profiles.profile import Language
from handrail.profiles.reading import Use
from handrail.profiles.role import Role


def judged(language: Language | None, use: Use) -> Use:
    """What the code in `use` is: text when it can do no harm, and code when nothing is known."""
    if language is None or use.value is None:
        return use
    reason = _refusal(language, use.value)
    if reason is not None:
        return replace(use, role=Role.REFUSED, value=reason)
    return replace(use, role=Role.TEXT)


def _refusal(language: Language, code: str) -> str | None:
    for pattern, reason in language.refuse.items():
        if re.search(pattern, code):
            return reason
    return awk.refusal(code) if language.name == "awk" else None
