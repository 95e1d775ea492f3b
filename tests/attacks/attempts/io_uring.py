# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Work by io_uring, whose requests no filter of system calls sees."""

import ctypes
import errno
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from attempt import attempt, call, reaches

# Standard input is no ring.
attempt("set up a ring")(lambda: call("io_uring_setup", 1, ctypes.create_string_buffer(120)))
attempt("enter a ring")(lambda: reaches("io_uring_enter", 0, 0, 0, 0, 0, 0, end=errno.EOPNOTSUPP))
attempt("register with a ring")(
    lambda: reaches("io_uring_register", 0, 0, 0, 0, end=errno.EOPNOTSUPP)
)
