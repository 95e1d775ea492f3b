"""What each operation's result says to a model, as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from handrail.mcp.files.changing import tell_edit
from handrail.mcp.files.moving import tell_copy, tell_delete, tell_move, tell_restore
from handrail.mcp.files.reading import tell_read, tell_stat
from handrail.mcp.files.searching import tell_find, tell_grep, tell_list
from handrail.mcp.files.writing import tell_write
from handrail.spec.files import Operation

Value = Mapping[str, Any]

TELL: Mapping[Operation, Callable[[Value], str]] = {
    Operation.READ: tell_read,
    Operation.LIST: tell_list,
    Operation.FIND: tell_find,
    Operation.GREP: tell_grep,
    Operation.STAT: tell_stat,
    Operation.WRITE: tell_write,
    Operation.EDIT: tell_edit,
    Operation.MOVE: tell_move,
    Operation.COPY: tell_copy,
    Operation.DELETE: tell_delete,
    Operation.RESTORE: tell_restore,
}
"""By operation."""
