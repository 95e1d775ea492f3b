# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Gain privileges by programs that give them: setuid, or with capabilities of their own."""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
from attempt import TARGETS, attempt, nothing, status, with_secret

OUT = TARGETS["folder"]
# Of the system's own: those that are setuid on most machines.
PROGRAMS = ("/bin/su", "/bin/mount", "/bin/umount", "/usr/bin/passwd", "/usr/bin/chfn")
LOOKS, SECONDS_BETWEEN = 10, 0.01


def gains(process):
    """What a process has that we lack. Raises `OSError` when that is nothing."""
    names = [n for n in ("Uid", "Gid", "CapEff") if status(process, n) != status("self", n)]
    return names or nothing("nothing gained")


def gained_by(program):
    """What a program has gained, seen from outside: while it waits, or before it is collected."""
    with subprocess.Popen(
        [program],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            for _ in range(LOOKS):
                try:
                    return gains(process.pid)
                except OSError:
                    time.sleep(SECONDS_BETWEEN)
            return gains(process.pid)
        finally:
            process.kill()


def output(*argv):
    """What a program says."""
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.stdout.decode(errors="replace")


if TARGETS["setuid"]:
    attempt("a setuid program from outside")(lambda: gained_by(f"{OUT}/setuid"))
    attempt("a program with capabilities from outside")(lambda: gained_by(f"{OUT}/capable"))
    attempt("read a file of root with a setuid program")(
        lambda: with_secret(output(f"{OUT}/setuid", f"{OUT}/private"))
    )
for program in PROGRAMS:
    if os.path.exists(program):
        attempt(f"run {os.path.basename(program)}")(lambda program=program: gained_by(program))


@attempt("make a program setuid for others")
def _():
    with open("for-others", "wb") as file:
        file.write(b"")
    os.chmod("for-others", 0o4755)
    return oct(os.stat("for-others").st_mode)
