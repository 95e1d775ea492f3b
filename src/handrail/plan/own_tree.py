"""A tree for each caller: a folder of the workspace, of which every caller has one alone."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from functools import lru_cache

from handrail.plan.host import Host

_LONGEST_WORDS = 32
_CODE_LETTERS = 20


@lru_cache(maxsize=1024)
def tree_name(caller: str) -> str:
    """What the folder of `caller` is called: `ann-1d4e…`, whatever the caller is called.

    The beginning is for people. The rest tells callers apart, also where a file system takes
    upper and lower case for the same; nobody can choose a name that leads to another's folder.
    """
    words = re.sub("[^a-z0-9]+", "-", caller.lower()).strip("-")[:_LONGEST_WORDS].rstrip("-")
    code = hashlib.sha256(caller.encode("utf-8", "surrogatepass")).hexdigest()[:_CODE_LETTERS]
    return f"{words or 'caller'}-{code}"


def in_own_tree(host: Host, caller: str) -> Host:
    """The machine as `caller` has it: their folder is the workspace, and all that there is of it.

    Declared paths that led into the workspace lead into that folder.
    """
    tree = host.workspace / tree_name(caller)
    return replace(host, workspace=tree, shared=host.workspace, standings={})
