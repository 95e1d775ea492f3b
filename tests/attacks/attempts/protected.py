# mypy: ignore-errors
# Untyped on purpose: a script for the system's Python, read beside the kernel's own words.
"""Change what even a command that may write to the workspace must leave alone.

The workspace has `.git/config`, `.git/hooks/sample`, `.handrail/state`, `handrail.toml`, a file
of secrets, and in the folder `below` another repository.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from attempt import attempt, checked, libc, read

KEPT = (".git/config", ".git/hooks/sample", ".handrail/state", "handrail.toml")
FOLDERS = (".git", ".git/hooks", ".handrail")
HIDDEN = (".handrail/state", "secrets.env")
AT_FDCWD, EXCHANGE = -100, 2


def append(path):
    with open(path, "a") as file:
        return file.write("x")


def create(path):
    with open(path, "x") as file:
        return file.write("#!/bin/sh\n")


def other():
    """A new file where files can be made."""
    with open("below/other", "w") as file:
        file.write("#!/bin/sh\n")
    return "below/other"


def replace(path):
    os.rename(other(), path)


def exchange(path):
    """Put something else in its place, and back, so that the next attempt finds it."""
    one, another = os.fsencode(other()), os.fsencode(path)
    for _ in range(2):
        checked(libc.renameat2(AT_FDCWD, one, AT_FDCWD, another, EXCHANGE), "renameat2")


def move(path):
    os.rename(path, "below/moved")
    os.rename("below/moved", path)


def linked(path):
    """Another name for it, where names can be made."""
    name = f"below/to-{path.replace('/', '-')}"
    if not os.path.lexists(name):
        os.symlink(os.path.abspath(path), name)
    return name


for path in KEPT:
    attempt(f"write to {path}")(lambda path=path: append(path))
    attempt(f"write to {path} by a link")(lambda path=path: append(linked(path)))
    attempt(f"truncate {path}")(lambda path=path: os.truncate(path, 0))
    attempt(f"replace {path}")(lambda path=path: replace(path))
    attempt(f"exchange {path}")(lambda path=path: exchange(path))
    attempt(f"move {path}")(lambda path=path: move(path))
    attempt(f"link {path}")(
        lambda path=path: os.link(path, f"below/{path.replace('/', '-')}-linked")
    )
    attempt(f"remove {path}")(lambda path=path: (os.unlink(path), create(path)))
for path in FOLDERS:
    attempt(f"move the folder {path}")(lambda path=path: move(path))
    attempt(f"make a file in {path}")(lambda path=path: create(f"{path}/made"))
    attempt(f"make a folder in {path}")(lambda path=path: os.mkdir(f"{path}/made-folder"))
    attempt(f"make a link in {path}")(lambda path=path: os.symlink("/nowhere", f"{path}/made-link"))
    attempt(f"change the mode of {path}")(lambda path=path: os.chmod(path, 0o755))
for path in HIDDEN:
    attempt(f"read {path}")(lambda path=path: read(path))
    attempt(f"read {path} by a link")(lambda path=path: read(linked(path)))
attempt("list .handrail")(lambda: os.listdir(".handrail"))


@attempt("open .handrail and make a file in it")
def _():
    os.chmod(".handrail", 0o700)
    create(".handrail/made-when-opened")


# What a tool that may write is for, as far as the tier can tell it from the rest.
attempt("write to a file beside them")(lambda: append("a-file"))
attempt("make a file in a folder beside them")(lambda: create("below/made"))
attempt("make a file beside them")(lambda: create("made"))
attempt("write to a repository in a folder below")(lambda: append("below/.git/config"))
attempt("read .git/config")(lambda: read(".git/config"))
attempt("read handrail.toml")(lambda: read("handrail.toml"))
