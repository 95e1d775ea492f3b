"""Questions on a terminal: lists to choose from, and lines to edit."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from handrail.cli import streams
from handrail.cli.answer_text import columns, read_answer, shown
from handrail.cli.plain_asking import PlainAsker
from handrail.errors import UsageError
from handrail.scaffold.extra import needs_wizard
from handrail.scaffold.interview import Asker, Back, Prompt
from handrail.scaffold.question import Kind

if TYPE_CHECKING:  # of the extra
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent
    from prompt_toolkit.output import Output
    from questionary import Question


class Confirmer(Asker, Protocol):
    """Asks, and asks for a last yes."""

    def confirm(self, question: str) -> bool:
        """Yes, or no. Raises `Back`, or KeyboardInterrupt."""


def asker() -> Confirmer:
    """Who asks at this terminal."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") == "dumb":
        return PlainAsker()
    with needs_wizard():
        import questionary  # noqa: F401  # to say beforehand when it is not there
    return Terminal()


class Terminal:
    """Asks with the keys that people expect: arrows, space, Enter; Ctrl-B for the one before."""

    def ask(self, prompt: Prompt) -> Any:
        """The answer. Raises `Back`, or KeyboardInterrupt."""
        part = prompt.part
        _say("", part.help, *(f"Found here (arrow up): {one}" for one in prompt.suggestions))
        match part.kind:
            case Kind.CHOICE:
                return _select(prompt)
            case Kind.MANY:
                return _check(prompt)
            case Kind.LINES:
                return _lines(prompt)
            case _:
                return self._text(prompt)

    def confirm(self, question: str) -> bool:
        """Yes, or no. Raises `Back`, or KeyboardInterrupt."""
        return _line(f"{question} [Y/n]", "?").lower() in ("", "y", "yes")

    def object(self, message: str, hint: str | None) -> None:
        """Say why an answer cannot be taken."""
        streams.complain(message, hint=hint)

    def _text(self, prompt: Prompt) -> Any:
        made = prompt.part.key == "server.instructions"
        before = "" if made else shown(prompt, prompt.default)
        while True:
            text = _line(prompt.part.ask, _mark(prompt), before, prompt.suggestions)
            try:
                return read_answer(prompt, text)
            except UsageError as wrong:
                self.object(wrong.message, wrong.hint)


def _say(*lines: str) -> None:
    for line in lines:
        streams.note("\n".join(textwrap.wrap(line, columns())))


def _mark(prompt: Prompt) -> str:
    return f"{prompt.number} of {prompt.most}"


def _select(prompt: Prompt) -> Any:
    import questionary

    choices = [questionary.Choice(one.words, one.value) for one in prompt.part.options]
    return _asked(
        questionary.select(
            prompt.part.ask,
            choices,
            default=prompt.default,
            qmark=_mark(prompt),
            instruction=" ",
            output=_output(),
        )
    )


def _check(prompt: Prompt) -> Any:
    """Which of several; of a pack and a part of it one line is enough."""
    import questionary

    checked = {entry.partition(":")[0] for entry in prompt.default}
    choices = [
        questionary.Choice(one.words, one.value, checked=one.value in checked)
        for one in prompt.part.options
        if ":" not in one.value
    ]
    hint = "(space: on or off)"
    return _asked(
        questionary.checkbox(
            prompt.part.ask, choices, qmark=_mark(prompt), instruction=hint, output=_output()
        )
    )


def _lines(prompt: Prompt) -> list[str]:
    """Lines, until an empty one; `prompt.default` has those that were given before."""
    lines: list[str] = []
    while True:
        before = prompt.default[len(lines)] if len(lines) < len(prompt.default) else ""
        ask = prompt.part.ask if not lines else "Another one?"
        line = _line(ask, _mark(prompt), before, prompt.suggestions).strip()
        if not line:
            return lines
        lines.append(line)


def _line(ask: str, mark: str, default: str = "", history: Sequence[str] = ()) -> str:
    import questionary
    from prompt_toolkit.history import InMemoryHistory

    past = InMemoryHistory(list(reversed(history)))
    text = _asked(
        questionary.text(ask, default=default, qmark=mark, history=past, output=_output())
    )
    if text.strip() == "<":
        raise Back
    return str(text)


def _asked(question: Question) -> Any:
    """The answer, unless Ctrl-B or Ctrl-C is pressed."""
    from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings

    back = KeyBindings()

    @back.add("c-b", eager=True)
    def _go_back(event: KeyPressEvent) -> None:
        event.app.exit(exception=Back(), style="class:aborting")

    app = question.application
    app.key_bindings = merge_key_bindings([*filter(None, [app.key_bindings]), back])
    try:
        return question.unsafe_ask()
    except EOFError:
        raise KeyboardInterrupt from None


def _output() -> Output:
    from prompt_toolkit.output import create_output

    return create_output(stdout=sys.stderr)
