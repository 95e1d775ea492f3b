"""What callers try: texts that are commands elsewhere, and paths that lead out."""

from __future__ import annotations

MARK = "handrail-was-here"
"""A file that one of the texts makes where it is understood as a command."""

TEXTS = (
    f"; touch {MARK}",
    f"$(touch {MARK})",
    f"`touch {MARK}`",
    f"| touch {MARK}",
    f"&& touch {MARK}",
    f"--output={MARK}",
    f"-o{MARK}",
    f"x\ntouch {MARK}",
    f"x\0touch {MARK}",
    f"{{}}; touch {MARK}",
    "%s%n%x",
    "\u202e; touch x",
    "'\"'\"",
    "${IFS}touch",
)
"""Texts for any param."""

PATHS = (
    "../outside",
    "../../../../../../etc/passwd",
    "/etc/passwd",
    "/proc/self/environ",
    "/proc/self/root/etc/passwd",
    "./../../etc/passwd",
    "x/../../etc/passwd",
    "//etc/passwd",
    "x\0y",
)
"""Paths for a `path` param."""

LINK = "leads-out"
"""A link to /etc, in the copy of a workspace."""
