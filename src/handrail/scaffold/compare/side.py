"""One of the two that are compared, whatever it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from handrail.scaffold.compare.declared import declared
from handrail.scaffold.compare.listing import Listing, listing
from handrail.spec.document import parse
from handrail.spec.load import read_document
from handrail.spec.source import Format, open_source

_URL = re.compile(r"https?://", re.IGNORECASE)


def is_url(named: str) -> bool:
    """Whether it names a server, not a file."""
    return _URL.match(named) is not None


def open_file(path: Path, environ: Mapping[str, str]) -> Listing:
    """A server file, or a saved listing in JSON. Raises `SpecError` or `UsageError`."""
    document = parse(open_source(path))
    if document.source.format is Format.JSON and _is_listing(document.data):
        return listing(str(path), document.data)
    return declared(read_document(path, document, environ))


def _is_listing(data: Mapping[str, object]) -> bool:
    return "config_version" not in data and bool({"tools", "result"} & data.keys())
