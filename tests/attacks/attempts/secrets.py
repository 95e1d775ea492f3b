# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Look for secrets where a server could have left them. Named by the file that holds them.

The secret is in the environment of the victim, and unconfined in our own; `server_secret` is in
that of the server.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from attempt import SECRET, TARGETS, attempt, nothing, read, with_secret


def holding(pattern):
    """The processes whose file of this name holds the secret, of all that can be read."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if SECRET in read(f"/proc/{pid}/{pattern}"):
                found.append(pid)
        except OSError:
            continue
    return found or nothing("none that can be read")


attempt("in the own environment")(lambda: with_secret(read("/proc/self/environ")))
attempt("in the environment of the parent")(
    lambda: with_secret(read(f"/proc/{os.getppid()}/environ"))
)
attempt("in the environment of the victim")(
    lambda: with_secret(read(f"/proc/{TARGETS['victim']['pid']}/environ"))
)
attempt("in the environment of the server")(
    lambda: (
        TARGETS["server_secret"] in read(f"/proc/{TARGETS['server']}/environ")
        or nothing("read, but without the secret")
    )
)
attempt("in the environment of anyone")(lambda: holding("environ"))
