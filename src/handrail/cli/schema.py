"""`handrail schema`: the JSON Schema of the server file."""

from __future__ import annotations

import json

from handrail.cli import streams
from handrail.spec.schema import build_schema


def schema() -> int:
    """Print the JSON Schema of the server file, for editors."""
    streams.say(json.dumps(build_schema(), indent=2, ensure_ascii=False))
    return 0
