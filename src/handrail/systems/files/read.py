"""Read a file: its text by lines, or all of it when it is an image, a sound or another binary."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from typing import Any

from handrail.systems.files.content import Content
from handrail.systems.files.media import HEAD_BYTES, TEXT, UNKNOWN, media_type
from handrail.systems.files.names import shown
from handrail.systems.files.refused import ARGUMENT_INVALID, Refused
from handrail.systems.files.setting import Setting
from handrail.systems.files.text import read_text

LARGEST_BINARY = 720_000
"""Bytes of a binary file that is read: in base64 and with the rest of its answer less than the
1 MiB that the Python SDK of MCP takes as one message over HTTP."""
_MOST_TRIES = 3
Given = Mapping[str, Any]
Result = dict[str, object]


def read(setting: Setting, given: Given) -> Result:
    """A page of text with where the next begins, or a binary file as `data` in base64.

    A file that changes while it is read is read again, and `changed` when it does not hold still.
    Raises `Refused`.
    """
    file, place = setting.tree.open(given["path"])
    try:
        result: Result = {}
        for _ in range(_MOST_TRIES):
            content = Content.of(file)
            result = {"path": shown(place), **_read(content, setting, given)}
            if not content.is_stale:
                return result
        result.pop("hash", None)
        return {**result, "changed": True}
    finally:
        os.close(file)


def _read(content: Content, setting: Setting, given: Given) -> Result:
    head = content.at(0, HEAD_BYTES)
    kind = media_type(head, ends=len(head) < HEAD_BYTES)
    if given["format"] == "binary":
        return _binary(content, kind or UNKNOWN, given)
    # Whoever names an encoding says that it is text, and knows better.
    if kind in (TEXT, None) or given["encoding"] != "auto":
        return read_text(content, setting, given)
    if given["format"] == "text":
        why = f"`path` is binary ({kind}), and no text"
        hint = "Leave out `format` to get its content as it is; or name the `encoding` of its text."
        raise Refused(ARGUMENT_INVALID, why, field="format", hint=hint)
    return _binary(content, str(kind), given)


def _binary(content: Content, kind: str, given: Given) -> Result:
    for field in ("start", "offset"):
        if field in given:
            why = f"`{field}`: the file is binary ({kind}), and is read as a whole"
            raise Refused(ARGUMENT_INVALID, why, field=field, hint=f"Leave out `{field}`.")
    if content.size > LARGEST_BINARY or content.whole is None:
        raise _too_large(content.size, kind)
    return {
        "mime_type": kind,
        "size": content.size,
        "hash": content.hash,
        "data": base64.b64encode(content.whole).decode(),
    }


def _too_large(size: int, kind: str) -> Refused:
    return Refused(
        ARGUMENT_INVALID,
        f"`path` is binary ({kind}) and has {size:,} bytes, more than one answer holds",
        field="path",
        hint="stat_file tells about it without reading it.",
        allowed={"max": LARGEST_BINARY},
    )
