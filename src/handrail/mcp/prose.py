"""The text block of an answer: what happened, the output, what to do next. No JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import assert_never

from handrail.errors import CallError
from handrail.mcp.answer import Answer
from handrail.process.outcome import (
    Cancelled,
    CpuExceeded,
    Ending,
    Exited,
    MemoryExceeded,
    OutputExceeded,
    Signalled,
    TimedOut,
)


def tell(answer: Answer) -> str:
    """The whole text of an answer."""
    return "\n\n".join(filter(None, [headline(answer), *_body(answer), *advice(answer)]))


def tell_error(error: CallError) -> str:
    """The whole text of a refusal or a fault of ours."""
    parts = [_sentence(f"{error.code}: {error.message}")]
    allowed = _list(error.allowed)
    if allowed and allowed not in error.message:
        parts.append(f"Allowed: {allowed}.")
    if error.hint:
        parts.append(_sentence(error.hint))
    if error.retry_after_seconds is not None:
        parts.append(f"Try again in {error.retry_after_seconds:g} s.")
    return " ".join(parts)


def _list(allowed: object) -> str:
    match allowed:
        case None:
            return ""
        case dict():
            return ", ".join(f"{name} {bound}" for name, bound in allowed.items())
        case list() | tuple():
            return ", ".join(str(v).lower() if isinstance(v, bool) else str(v) for v in allowed)
        case _:
            return str(allowed)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def describe(ending: Ending) -> str:
    """How it ended, as a phrase."""
    match ending:
        case Exited(code):
            phrase = f"exited with code {code}"
        case Signalled(signal):
            phrase = f"was ended by {signal}"
        case TimedOut(after_seconds):
            phrase = f"timed out after {after_seconds:g} s and was stopped with all it started"
        case OutputExceeded(limit_bytes):
            phrase = f"wrote more than {limit_bytes:,} bytes and was stopped"
        case MemoryExceeded():
            phrase = "used more memory than it may and was stopped"
        case CpuExceeded():
            phrase = "used more processor time than it may and was stopped"
        case Cancelled():
            phrase = "was cancelled and stopped"
        case _:
            assert_never(ending)
    return phrase


def headline(answer: Answer) -> str:
    """What happened, in a sentence or two."""
    outcome, tool = answer.outcome, answer.tool
    line = f"{tool.name} {describe(outcome.ending)}"
    if not isinstance(outcome.ending, TimedOut):
        line += f", after {outcome.seconds:.2f} s"
    if isinstance(outcome.ending, Exited):
        meaning = tool.exit_messages.get(str(outcome.ending.code))
        line += f": {meaning}" if meaning else "" if answer.ok else ": failed"
    note = f" Note: {outcome.note}." if outcome.note else ""
    return f"{line}.{note}"


def _body(answer: Answer) -> Iterator[str]:
    if not answer.stdout.text and not answer.stderr.text:
        yield "It wrote no output."
    if answer.stdout.text and not answer.stderr.text:
        yield answer.stdout.text.rstrip("\n")
        return
    for name, shown in answer.excerpts.items():
        if shown.text:
            yield f"--- {name} ---\n{shown.text}".rstrip("\n")


def advice(answer: Answer) -> Iterator[str]:
    """What to know about what is shown, and what to do next."""
    for denial in answer.denials:
        yield _tell_denial(denial, answer.tool.name)
    for stream, shown in answer.excerpts.items():
        if shown.next_offset is not None:
            yield (
                f"{stream}: {shown.shown_bytes:,} of {shown.total_bytes:,} bytes are shown. "
                f'Next: read_output(call_id="{answer.call_id}", stream="{stream}", '
                f"offset={shown.next_offset}) reads on from the gap."
            )
        if shown.marks:
            changes = ", ".join(f"{count} {name}" for name, count in shown.marks.items())
            yield f"{stream} was made safe to show: {changes} replaced or taken out."
    if answer.parse_error is not None and answer.ok:
        yield f"There is no parsed output: {answer.parse_error}."
    yield from _tell_page(answer)
    if answer.next_step is not None:
        yield f"Next: {answer.next_step}"
    yield from _advice(answer.outcome.ending)


def _tell_page(answer: Answer) -> Iterator[str]:
    page = answer.page
    if page is None or (page.next is None and not page.left_out):
        return
    more = f"{page.left_out:,} more follow" if page.left_out else "more may follow"
    step = "narrow the call." if page.next is None else tell_call(answer.tool.name, page.next)
    yield f"{page.count:,} are shown, and {more}. Next: {step}"


def tell_call(tool: str, arguments: Mapping[str, object]) -> str:
    """A call in words: `git_log(limit=20, skip=20)`."""
    given = (f"{name}={json.dumps(one, ensure_ascii=False)}" for name, one in arguments.items())
    return f"{tool}({', '.join(given)})"


def _tell_denial(denial: Mapping[str, str], tool: str) -> str:
    line = f"Confinement: it was kept from {denial['operation']} ({denial['evidence']})."
    if "allow" not in denial:
        return line
    return f'{line} The owner could allow it with {denial["allow"]} in tool "{tool}".'


def _advice(ending: Ending) -> Iterator[str]:
    match ending:
        case TimedOut() | CpuExceeded() | MemoryExceeded():
            yield "Next: ask for less in one call; the limit is the server owner's."
        case OutputExceeded():
            yield "Next: narrow the call so that it writes less."
        case _:
            pass
