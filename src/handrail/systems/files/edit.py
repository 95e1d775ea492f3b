"""Edit a text file: exact text is replaced, or a patch applied. Anything else is refused.

Lines that are given with LF are found in files with CRLF too, and what comes in their place then
ends as the lines there do. All other bytes stay as they are, a byte order mark too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from handrail.systems.files.alarm import Late, alarm
from handrail.systems.files.content import LARGEST_WHOLE
from handrail.systems.files.diff import diff
from handrail.systems.files.names import shown
from handrail.systems.files.parent import locked, spot
from handrail.systems.files.patch import apply
from handrail.systems.files.refused import ARGUMENT_INVALID, BUSY, NOT_FOUND, Refused
from handrail.systems.files.replace import current, expect, put
from handrail.systems.files.setting import Setting
from handrail.systems.files.substitute import substitute

Given = Mapping[str, Any]
Change = Callable[[str], tuple[str, Mapping[str, int]]]
"""Makes a new text of a text, and says how often it did what."""


def edit(setting: Setting, given: Given) -> dict[str, object]:
    """Change the file at `path`, or with `dry_run` say how. Raises `Refused`, and then nothing
    has changed.

    `hash` and `size` are those of the file as it is then: after a dry run, as it was before.
    """
    _check_texts(given)
    change, tries = _change(given), given["dry_run"]
    with spot(setting.tree, given["path"]) as at:
        with nullcontext() if tries else locked(at, setting.deadline):
            now = current(at)
            if now is None:
                why, hint = "`path`: there is no such file", "write_file makes a new one."
                raise Refused(NOT_FOUND, why, field="path", hint=hint)
            expect(now, given.get("expected_hash"))
            before = _text(now.content)
            after, counts = _in_time(change, before, setting.deadline)
            content = _content(before, after)
            written = now.hash if tries else put(at, content, now)
        made = diff(shown(at.place), before, after)
        return {
            "path": shown(at.place),
            "changed": not tries,
            **counts,
            "size": len(now.content if tries else content),
            "hash": written,
            "diff": made.text,
            **({"diff_cut": True} if made.is_cut else {}),
        }


def _check_texts(given: Given) -> None:
    for field in ("old", "new", "patch"):
        try:
            given.get(field, "").encode()
        except UnicodeEncodeError:
            why = f"`{field}` is no text: it has half a character (a lone surrogate)"
            raise Refused(ARGUMENT_INVALID, why, field=field) from None


def _change(given: Given) -> Change:
    """What is asked for. Raises `Refused` for arguments that do not go together."""
    if "patch" not in given:
        for field, other in (("old", "new"), ("new", "old")):
            if field not in given:
                why = f"`{field}` is missing" if other in given else "there is nothing to do"
                hint = "Give `old` and `new`; or `patch` alone."
                raise Refused(ARGUMENT_INVALID, why, field=field, hint=hint)
        return _substitution(given["old"], given["new"], everywhere=given["all"])
    for field in ("old", "new", "all"):
        if given.get(field, False) is not False:
            why = f"`{field}` does not go with `patch`"
            hint = "Give `old` and `new`; or `patch` alone."
            raise Refused(ARGUMENT_INVALID, why, field=field, hint=hint)
    return _patching(given["patch"])


def _substitution(old: str, new: str, *, everywhere: bool) -> Change:
    def change(text: str) -> tuple[str, Mapping[str, int]]:
        after, count = substitute(text, old, new, everywhere=everywhere)
        return after, {"replacements": count}

    return change


def _patching(patch: str) -> Change:
    def change(text: str) -> tuple[str, Mapping[str, int]]:
        after, count = apply(text, patch)
        return after, {"hunks": count}

    return change


def _text(content: bytes) -> str:
    """A content as text, with its byte order mark. Raises `Refused` for all but UTF-8."""
    hint = "Only text in UTF-8 is edited. write_file replaces the whole file."
    if b"\0" in content:
        why = "`path` is binary: it has bytes that are zero"
        raise Refused(ARGUMENT_INVALID, why, field="path", hint=hint)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        why = f"`path` is not UTF-8: byte {error.start} in line {line} is 0x{byte:02x}"
        raise Refused(ARGUMENT_INVALID, why, field="path", hint=hint) from None


def _in_time(change: Change, text: str, deadline: float) -> tuple[str, Mapping[str, int]]:
    """The change, if it is found before `deadline`: others wait for the folder meanwhile."""
    try:
        with alarm(deadline):
            return change(text)
    except Late:
        why = "there is no time to find where this belongs"
        raise Refused(BUSY, why, hint="Ask for fewer and longer changes in one call.") from None


def _content(before: str, after: str) -> bytes:
    if before == after:
        why, hint = "the file would stay as it is", "Ask for a change that changes something."
        raise Refused(ARGUMENT_INVALID, why, hint=hint)
    content = after.encode()
    if len(content) > LARGEST_WHOLE:
        why = f"the file would have more than {LARGEST_WHOLE:,} bytes"
        raise Refused(ARGUMENT_INVALID, why, allowed={"max": LARGEST_WHOLE})
    return content
