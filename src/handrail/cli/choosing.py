"""Small questions at a terminal: one of a few, some of a few, a line."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from handrail.cli import streams
from handrail.scaffold.extra import needs_wizard

if TYPE_CHECKING:  # of the extra
    from questionary import Question


def choose(ask: str, options: Sequence[str]) -> str:
    """One of the options; Enter takes the first. Raises `KeyboardInterrupt`."""
    if _is_plain():
        _list(options)
        numbers = _numbers(f"{ask} [1]: ", len(options))
        return options[numbers[0] if numbers else 0]
    with needs_wizard():
        import questionary
    return str(_asked(questionary.select(ask, options, output=_output())))


def pick(ask: str, options: Sequence[str], picked: Collection[int]) -> list[int]:
    """The places of any of the options; Enter takes `picked`. Raises `KeyboardInterrupt`."""
    if _is_plain():
        _list(options)
        before = " ".join(str(place + 1) for place in sorted(picked))
        return _numbers(f"{ask} [{before}]: ", len(options)) or sorted(picked)
    with needs_wizard():
        import questionary
    choices = [
        questionary.Choice(one, place, checked=place in picked) for place, one in enumerate(options)
    ]
    hint = "(space: on or off)"
    return list(_asked(questionary.checkbox(ask, choices, instruction=hint, output=_output())))


def line(ask: str, default: str) -> str:
    """A line of text; Enter takes `default`. Raises `KeyboardInterrupt`."""
    if _is_plain():
        return _read(f"{ask} [{default}]: ") or default
    with needs_wizard():
        import questionary
    return str(_asked(questionary.text(ask, default=default, output=_output()))).strip() or default


def _is_plain() -> bool:
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM", "dumb") == "dumb"


def _asked(question: Question) -> Any:
    try:
        return question.unsafe_ask()
    except EOFError:
        raise KeyboardInterrupt from None


def _output() -> Any:
    from prompt_toolkit.output import create_output

    return create_output(stdout=sys.stderr)


def _list(options: Sequence[str]) -> None:
    for place, one in enumerate(options, start=1):
        streams.note(f"  {place}  {one}")


def _numbers(ask: str, most: int) -> list[int]:
    """Places that were typed as numbers from 1 on."""
    while True:
        words = _read(ask).replace(",", " ").split()
        if all(word.isdecimal() and 1 <= int(word) <= most for word in words):
            return [int(word) - 1 for word in words]
        streams.complain(f"these are numbers from 1 to {most}")


def _read(ask: str) -> str:
    sys.stderr.write(ask)
    sys.stderr.flush()
    text = sys.stdin.readline()
    if not text:
        raise KeyboardInterrupt
    return text.strip()
