"""Standard output becomes a value, as the tool's `parse` says."""

from __future__ import annotations

import csv
import io
import json


class Unparsable(ValueError):
    """The output is not what `parse` says; the message tells why."""


def parse(how: str, text: str) -> object:
    """The value of `text`, read as lines, json, jsonl, csv or jc:PARSER.

    Raises `Unparsable`.
    """
    try:
        match how:
            case "lines":
                return text.splitlines()
            case "json":
                return json.loads(text, parse_constant=_refuse)
            case "jsonl":
                return [
                    json.loads(line, parse_constant=_refuse)
                    for line in text.splitlines()
                    if line.strip()
                ]
            case "csv":
                return list(csv.DictReader(io.StringIO(text), strict=True))
            case _:
                return _jc(how.removeprefix("jc:"), text)
    except (ValueError, csv.Error, RecursionError) as wrong:
        raise Unparsable(f"the output is not {how}: {wrong}") from None


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")


def _jc(parser: str, text: str) -> object:
    import jc  # a hundred parsers: slow to import, and most servers use none

    try:
        return jc.parse(parser.replace("_", "-"), text, quiet=True)
    except Exception as wrong:  # noqa: BLE001  # jc's parsers raise whatever their code meets
        raise ValueError(f"{type(wrong).__name__}: {wrong}") from None
