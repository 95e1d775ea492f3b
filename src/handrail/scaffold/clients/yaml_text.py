"""Text in YAML."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

_WIDEST = 10_000
"""Columns before a text would be folded: never."""


def block(document: Mapping[str, Any]) -> str:
    """`document` in block style, each key on its line, indented by two."""
    # Slow to import, and few clients have YAML.
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt", pure=True)
    yaml.width = _WIDEST
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(dict(document), stream)
    return stream.getvalue()
