# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Find what an earlier call left (see shared.py)."""

import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from attempt import TARGETS, attempt, checked, libc

LEFT = TARGETS["left"]

attempt("find shared memory")(lambda: checked(libc.shmget(LEFT, 0, 0), "shmget"))
attempt("find a queue")(lambda: checked(libc.msgget(LEFT, 0), "msgget"))
attempt("find a semaphore")(lambda: checked(libc.semget(LEFT, 0, 0), "semget"))
attempt("find a file in /dev/shm")(lambda: os.stat(f"/dev/shm/canary-{LEFT}"))
attempt("find a POSIX queue")(
    lambda: checked(libc.mq_open(f"/canary-{LEFT}".encode(), os.O_RDWR), "mq_open")
)
attempt("find a file in /tmp")(lambda: os.stat(f"/tmp/canary-{LEFT}"))
attempt("find a file in the temporary folder")(
    lambda: os.stat(os.path.join(os.environ["TMPDIR"], f"canary-{LEFT}"))
)
