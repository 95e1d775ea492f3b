"""One piece of work on files, in the process that is confined to do it.

argv   this file, the operation, then NAME=JSON for each argument
stdin  one JSON object: `setting` (see `Setting`), and `texts`, the arguments too long for argv
stdout one JSON object: the result, or `error` with `code`, `message` and more
exit   0 with a result, 1 with an error
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from handrail.systems.files.copy import copy
from handrail.systems.files.delete import delete, restore
from handrail.systems.files.edit import edit
from handrail.systems.files.find import find
from handrail.systems.files.grep import grep
from handrail.systems.files.list import list_
from handrail.systems.files.move import move
from handrail.systems.files.read import read
from handrail.systems.files.refused import Refused, of_error
from handrail.systems.files.setting import Setting
from handrail.systems.files.stat import stat
from handrail.systems.files.tree import Tree
from handrail.systems.files.write import write

Given = Mapping[str, Any]
"""The arguments, checked by the planner: types and bounds are right, and defaults are in."""
Result = dict[str, object]
Operation = Callable[[Setting, Given], Result]

OPERATIONS: Mapping[str, Operation] = {
    "read": read,
    "list": list_,
    "find": find,
    "grep": grep,
    "stat": stat,
    "write": write,
    "edit": edit,
    "move": move,
    "copy": copy,
    "delete": delete,
    "restore": restore,
}


def work(argv: Sequence[bytes]) -> int:
    """Do what `argv` says; the exit code."""
    told = json.loads(_stdin())
    words = [word.decode().partition("=") for word in argv[2:]]
    given = {name: json.loads(value) for name, _, value in words} | told["texts"]
    try:
        result, code = _done(argv[1].decode(), told["setting"], given), 0
    except Refused as refused:
        result, code = {"error": refused.told}, 1
    _say(json.dumps(result).encode())
    return code


def _done(operation: str, told: Mapping[str, Any], given: Given) -> Result:
    tree = Tree.here(told["writable"], told["kept"], told["hidden"], told["judged"])
    setting = Setting(tree, time.monotonic() + told["seconds"] * 0.8, told.get("searcher"))
    try:
        return OPERATIONS[operation](setting, given)
    except OSError as error:
        raise of_error(error, "path") from error


def _stdin() -> bytes:
    parts = []
    while part := os.read(0, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def _say(told: bytes) -> None:
    view = memoryview(told)
    while view:
        view = view[os.write(1, view) :]
