"""Programs that work of ours asks: what they say, how they ended, and how much they may take."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

from handrail.process.zygote.inquiry import ask

# Asks for `true` while holding argv[1] bytes, and prints how that ended.
HOLDING = """
import sys
from handrail.process.zygote.inquiry import ask
held = b"x" * int(sys.argv[1])
print(ask([b"/bin/true"])[0])
"""
# Takes argv[1] bytes.
TAKING = b"import sys; b'x' * int(sys.argv[1])"


def test_what_it_says_and_how_it_ended() -> None:
    assert ask([b"/bin/sh", b"-c", b"echo said; echo aside >&2; exit 3"]) == (3, b"said\n")
    assert ask([b"/bin/sh", b"-c", b"kill -9 $$"]) == (-9, b"")
    assert ask([b"/nonexistent"]) == (-1, b"")


def test_it_has_no_input_and_no_environment() -> None:
    assert ask([b"/bin/cat"]) == (0, b"")
    assert ask([b"/usr/bin/env"]) == (0, b"")


def test_it_may_take_little_memory_and_our_own_limit_is_as_before() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    python = os.fsencode(sys.executable)
    assert ask([python, b"-c", TAKING, b"1000000"])[0] == 0
    assert ask([python, b"-c", TAKING, b"4000000000"])[0] == 1
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_it_is_asked_however_much_we_hold_ourselves() -> None:
    said = subprocess.run(
        [sys.executable, "-c", HOLDING, "400000000"], stdout=subprocess.PIPE, check=True
    )
    assert said.stdout == b"0\n"
