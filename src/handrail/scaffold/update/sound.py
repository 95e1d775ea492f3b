"""Whether a merged file can be read at all: two changes that fit as text may not as code."""

from __future__ import annotations

import json
import tomllib
import warnings
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class Fault:
    """Why it cannot; lines count from 1."""

    line: int
    message: str


def fault(path: PurePosixPath, data: bytes) -> Fault | None:
    """What is wrong with Python, JSON or TOML; None for what is right, and for all else."""
    try:
        match path.suffix:
            case ".py":
                _compile(data)
            case ".json":
                json.loads(data)
            case ".toml":
                tomllib.loads(data.decode())
            case _:
                pass
    except SyntaxError as wrong:
        return Fault(wrong.lineno or 1, wrong.msg)
    except json.JSONDecodeError as wrong:
        return Fault(wrong.lineno, wrong.msg)
    except ValueError as wrong:
        return Fault(1, str(wrong))
    return None


def _compile(data: bytes) -> None:
    with warnings.catch_warnings():
        # What Python warns of is no reason to refuse, and not ours to print.
        warnings.simplefilter("ignore")
        compile(data, "<merged>", "exec", dont_inherit=True)
