# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Change what even a command that may write to the workspace must leave alone.

The workspace has `.git/config`, `.git/hooks`, `.handrail/state` and `handrail.toml`.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from attempt import attempt

FILES = (".git/config", ".handrail/state", "handrail.toml")
FOLDERS = (".git", ".handrail")


def append(path):
    with open(path, "a") as file:
        return file.write("\n")


def replace(path):
    with open("replacement", "w") as file:
        file.write("\n")
    os.rename("replacement", path)


def swap(path):
    """Put something else in its place, and then back."""
    os.rename(path, "aside")
    os.rename("aside", path)


def linked(path):
    """Another name for it."""
    name = f"to-{os.path.basename(path)}"
    os.symlink(path, name)
    return name


def create(path):
    with open(path, "x") as file:
        file.write("#!/bin/sh\n")


attempt("write to the workspace")(lambda: append("a-file"))
for path in FILES:
    attempt(f"write to {path}")(lambda path=path: append(path))
    attempt(f"replace {path}")(lambda path=path: replace(path))
    attempt(f"link {path}")(lambda path=path: os.link(path, path.replace("/", "-") + "-linked"))
    attempt(f"write to {path} by a link")(lambda path=path: append(linked(path)))
    attempt(f"truncate {path}")(lambda path=path: os.truncate(path, 0))
for path in FOLDERS:
    attempt(f"rename {path}")(lambda path=path: swap(path))
    attempt(f"make a file in {path}")(lambda path=path: create(f"{path}/made"))
    attempt(f"make a folder in {path}")(lambda path=path: os.mkdir(f"{path}/made-folder"))
attempt("plant a hook")(lambda: create(".git/hooks/pre-commit"))
attempt("remove .git/config")(lambda: os.unlink(".git/config"))
attempt("remove handrail.toml")(lambda: os.unlink("handrail.toml"))
