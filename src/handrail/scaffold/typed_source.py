"""Answers from a file, or from standard input, whose language shows in how it begins."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

from handrail.errors import UsageError
from handrail.spec.source import LARGEST_FILE, Format, Source, open_source

_INPUT = "-"
_YAML = re.compile(r"^(?:---|\"?[\w.-]+\"?\s*:(?:\s|$))", re.MULTILINE)
_TOML = re.compile(r"^(?:\[|\"?[\w.-]+\"?\s*=)", re.MULTILINE)


def opened(name: str, standard_input: BinaryIO) -> Source:
    """The text of an answers file; `-` is standard input. Raises `SpecError`, `UsageError`."""
    if name != _INPUT:
        return open_source(Path(name))
    raw = standard_input.read(LARGEST_FILE + 1)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise UsageError("the answers on standard input are not UTF-8") from None
    if not text.strip() or len(raw) > LARGEST_FILE:
        size = "empty" if not raw.strip() else f"larger than {LARGEST_FILE} bytes"
        raise UsageError(f"the answers on standard input are {size}")
    return Source(Path(_INPUT), _language(text), text)


def _language(text: str) -> Format:
    if text.lstrip().startswith("{"):
        return Format.JSON
    yaml, toml = _YAML.search(text), _TOML.search(text)
    is_yaml = yaml is not None and (toml is None or yaml.start() < toml.start())
    return Format.YAML if is_yaml else Format.TOML
