"""`handrail health`: whether a server is alive and ready, for probes that run a command."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from handrail.cli import streams
from handrail.cli.options import AsJson
from handrail.errors import UsageError
from handrail.ops.state_socket import HEALTH, told
from handrail.plan.host import STATE_FOLDER
from handrail.spec.find import find

_PATIENCE_SECONDS = 2.0
_LARGEST_BYTES = 65_536
_NOBODY = {"status": "not_running"}
Facts = dict[str, Any]


def health(
    file: Path | None = None, *, url: str | None = None, live: bool = False, json_: AsJson = False
) -> int:
    """Ask the running servers of FILE whether they are ready; exit code 1 when one is not.

    Parameters
    ----------
    file
        The server file; handrail.toml here or in the nearest parent when left out.
    url
        Ask there instead: http://127.0.0.1:9464/readyz
    live
        Ask only whether it is alive.
    json_
        Print what each says on a line.
    """
    if url is not None:
        found = [_asked(url)]
    else:
        state = (find(Path.cwd()) if file is None else file).absolute().parent / STATE_FOLDER
        found = list(told(state, HEALTH, _PATIENCE_SECONDS)) or [_NOBODY]
    for facts in found:
        streams.say(json.dumps(facts) if json_ else _words(facts))
    return 0 if all(_is_well(facts, live=live) for facts in found) else 1


def _is_well(facts: Facts, *, live: bool) -> bool:
    if live and "not_ready" in facts["status"]:
        return "loop" not in facts.get("failing", ())
    return facts["status"] in ("ok", "ready")


def _words(facts: Facts) -> str:
    more = ", ".join(facts.get("failing", ())) or facts.get("tier", "")
    return f"{facts['status']}: {more}" if more else str(facts["status"])


def _asked(url: str) -> Facts:
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"--url {url}: not a URL", hint="http://127.0.0.1:9464/readyz")
    try:
        with urllib.request.urlopen(url, timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310  # as it was just checked
            return _read(answer.read(_LARGEST_BYTES))
    except urllib.error.HTTPError as refused:
        return _read(refused.read(_LARGEST_BYTES))
    except OSError:
        return {"status": "no_answer"}


def _read(raw: bytes) -> Facts:
    """What was said, when it is what a server says."""
    try:
        facts = json.loads(raw)
    except ValueError:
        facts = None
    return facts if isinstance(facts, dict) and "status" in facts else {"status": "no_answer"}
