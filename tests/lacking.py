"""A kernel that lacks something, for one command and what it starts."""

from __future__ import annotations

import sys
from pathlib import Path

from handrail.process import zygote

_PACKAGES = str(Path(next(iter(zygote.__path__))).parent)
# Answers landlock_create_ruleset(2) as a kernel would that has none, and becomes the command.
_WITHOUT_LANDLOCK = """
import errno, os, struct, sys
sys.path.append(sys.argv[1])
from zygote import kernel, seccomp
load, if_equal, give, landlock_create_ruleset = 0x20, 0x15, 0x06, 444
allow, error = 0x7FFF0000, 0x00050000
program = (
    (load, 0, 0, 0),
    (if_equal, 0, 1, landlock_create_ruleset),
    (give, 0, 0, error | errno.ENOSYS),
    (give, 0, 0, allow),
)
kernel.forbid_new_privileges()
seccomp.load_unheard(b"".join(struct.pack("=HBBI", *step) for step in program))
os.execv(sys.argv[2], sys.argv[2:])
"""

# Listens to system calls as an engine of containers may, refuses none, and becomes the command.
_LISTENED_TO = """
import os, struct, sys
sys.path.append(sys.argv[1])
from zygote import kernel, seccomp
kernel.forbid_new_privileges()
os.set_inheritable(seccomp.load(struct.pack("=HBBI", 0x06, 0, 0, 0x7FFF0000)), True)
os.execv(sys.argv[2], sys.argv[2:])
"""


def without_landlock() -> tuple[str, ...]:
    """What to put before a command so that its kernel has no Landlock."""
    return (sys.executable, "-I", "-S", "-c", _WITHOUT_LANDLOCK, _PACKAGES)


def listened_to() -> tuple[str, ...]:
    """What to put before a command so that nobody below can listen to system calls."""
    return (sys.executable, "-I", "-S", "-c", _LISTENED_TO, _PACKAGES)
