"""Answers as people type them, and as they are shown."""

from __future__ import annotations

import shlex
import shutil
from typing import Any

from handrail.errors import UsageError
from handrail.scaffold.interview import Prompt
from handrail.scaffold.question import Kind
from handrail.spec.suggest import closest

_LIMITS = ("timeout", "memory", "output", "concurrency")
_NONE = ("none", "-")
_WIDEST = 79


def columns() -> int:
    """How wide lines may be."""
    return min(shutil.get_terminal_size().columns - 1, _WIDEST)


def shown(prompt: Prompt, value: Any) -> str:
    """An answer as it could be typed."""
    match prompt.part.kind:
        case Kind.LIMITS:
            return " ".join(str(value[key]) for key in _LIMITS)
        case Kind.MANY:
            return " ".join(dict.fromkeys(entry.partition(":")[0] for entry in value))
        case Kind.NAMES:
            return shlex.join(value)
        case Kind.LINES:
            return "; ".join(value)
        case _:
            return str(value or "")


def read_answer(prompt: Prompt, text: str) -> Any:
    """What a line means as an answer. Raises `UsageError`."""
    match prompt.part.kind:
        case Kind.LIMITS:
            return _limits(text)
        case Kind.NAMES:
            return [] if text in _NONE else _words(text)
        case Kind.MANY:
            return [] if text in _NONE else [_option(prompt, word) for word in _words(text)]
        case Kind.CHOICE:
            return _option(prompt, text)
        case _:
            return text


def _words(text: str) -> list[str]:
    try:
        return [word.rstrip(",") for word in shlex.split(text)]
    except ValueError as wrong:
        raise UsageError(f"{wrong}".lower()) from None


def _option(prompt: Prompt, word: str) -> str:
    values = [one.value for one in prompt.part.options]
    if word not in values:
        meant = closest(word, values)
        hint = f'Did you mean "{meant}"?' if meant else None
        raise UsageError(f'"{word}" is not one of {", ".join(values)}', hint=hint)
    return word


def _limits(text: str) -> dict[str, Any]:
    words = text.replace(",", " ").split()
    if len(words) != len(_LIMITS) or not words[-1].isdecimal():
        raise UsageError("these are four: a time, two sizes and a number", hint="30s 1GiB 64KiB 8")
    return dict(zip(_LIMITS, [*words[:-1], int(words[-1])], strict=True))
