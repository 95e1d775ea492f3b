"""Questions line by line, for terminals that can do no more, and whoever wants no more."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from typing import Any

from handrail.cli import streams
from handrail.cli.answer_text import columns, read_answer, shown
from handrail.errors import UsageError
from handrail.scaffold.interview import Back, Prompt
from handrail.scaffold.question import Kind

_BACK = ("<", "\x02")


class PlainAsker:
    """Prints questions, and reads lines."""

    def ask(self, prompt: Prompt) -> Any:
        """The answer. Raises `Back`, or KeyboardInterrupt."""
        streams.note("\n" + "\n".join(_lines(prompt)))
        while True:
            default = shown(prompt, prompt.default)
            text = _read(f"[{default}]: " if default else ": ")
            if not text:
                return prompt.default
            try:
                if prompt.part.kind is Kind.LINES:
                    return [text, *_more_lines()]
                return read_answer(prompt, text)
            except UsageError as wrong:
                self.object(wrong.message, wrong.hint)

    def confirm(self, question: str) -> bool:
        """Yes, or no. Raises `Back`, or KeyboardInterrupt."""
        return _read(f"\n{question} [Y/n] ").lower() in ("", "y", "yes")

    def object(self, message: str, hint: str | None) -> None:
        """Say why an answer cannot be taken."""
        streams.complain(message, hint=hint)


def _more_lines() -> Iterator[str]:
    while text := _read(": "):
        yield text


def _lines(prompt: Prompt) -> Iterator[str]:
    part = prompt.part
    yield from textwrap.wrap(f"{prompt.number} of {prompt.most}: {part.ask}", columns())
    yield from textwrap.wrap(part.help, columns())
    yield from (f"  {one.value:<11} {one.words}" for one in prompt.part.options)
    yield from (f"  found here: {one}" for one in prompt.suggestions)


def _read(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt
    if line.strip() in _BACK:
        raise Back
    return line.strip()
