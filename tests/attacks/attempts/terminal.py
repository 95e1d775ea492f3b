# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Type into a terminal, or write on one."""

import fcntl
import os
import sys
import termios

sys.path.insert(0, os.path.dirname(__file__))
from attempt import TARGETS, attempt

THEIRS = TARGETS["terminal"]


def own_terminal():
    """A new terminal that this process controls."""
    _, inner = os.openpty()
    os.setsid()
    fcntl.ioctl(inner, termios.TIOCSCTTY, 0)
    return inner


def typed(terminal):
    """Put a character into its input."""
    fcntl.ioctl(terminal, termios.TIOCSTI, b"x")
    return "typed"


attempt("open the terminal of the server")(lambda: os.open("/dev/tty", os.O_RDWR))
attempt("write on a terminal")(lambda: os.write(os.open(THEIRS, os.O_WRONLY | os.O_NOCTTY), b"x"))
attempt("type into a terminal")(lambda: typed(os.open(THEIRS, os.O_RDWR | os.O_NOCTTY)))


@attempt("take a terminal over and type into it")
def _():
    os.setsid()
    terminal = os.open(THEIRS, os.O_RDWR)
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    return typed(terminal)


attempt("type into the own input")(lambda: typed(0))
attempt("make a terminal")(own_terminal)
attempt("type into an own terminal")(lambda: typed(own_terminal()))
