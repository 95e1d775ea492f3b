"""Programs that were installed together: a folder with `bin`, `lib` and what is said below.

A file or link in the workspace may claim anything of where its program was installed, and a
command may have written it. So a place counts only when it looks the part itself, and nothing
of it counts that leads elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from handrail.plan.program import is_program
from handrail.plan.runtimes.names import names_of
from handrail.plan.runtimes.runtime import Runtime, exists

_BINARIES = ("bin", "sbin", "libexec")
_LIBRARIES = ("lib", "lib32", "lib64")
# Packages keep programs of theirs among their libraries.
_STARTED = {*_BINARIES, *_LIBRARIES, "Cellar", "jre", "opt", "pkg"}
_COMMON = (*_BINARIES, *_LIBRARIES, "include", "share")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of installation: `mark` is a pattern that only such a folder has a file for.

    `also` is what it needs beside the folders that all kinds have.
    """

    name: str
    mark: str
    also: tuple[str, ...] = ()


VENV = Kind("python", "pyvenv.cfg", ("pyvenv.cfg",))
_KINDS = (
    VENV,
    Kind("conda", "conda-meta/history", ("conda-meta", "ssl")),
    Kind("python", "lib/python[23]*/os.py"),
    Kind("python", "lib/pypy*/os.py"),
    Kind("go", "pkg/tool", ("VERSION", "api", "go.env", "misc", "pkg", "src")),
    Kind("java", "lib/jvm.cfg", ("conf", "jmods", "release")),
    Kind("java", "jre/lib/rt.jar", ("jre", "release")),
    Kind("java", "lib/rt.jar", ("release",)),
    Kind("rust", "lib/rustlib"),
    Kind("node", "lib/node_modules"),
    Kind("ruby", "lib/ruby"),
    Kind("perl", "lib/perl5"),
    Kind("git", "libexec/git-core", ("etc/gitconfig",)),
    Kind("homebrew", "Cellar", ("Cellar", "opt", "etc/ca-certificates", "etc/openssl@3")),
)


def installations(names: Sequence[Path]) -> Iterator[Runtime]:
    """The installations that a program belongs to, under each of its names.

    Where nothing is known of the place, the program gets its libraries, and data of its name.
    """
    for prefix in _prefixes(names):
        kind = kind_of(prefix)
        if kind is None:
            data = _parts(prefix, (*_LIBRARIES, f"share/{names[-1].name}"))
            yield Runtime("", readable=data, executable=_parts(prefix, ("libexec",)))
        else:
            parts = _parts(prefix, (*_COMMON, *kind.also))
            started = tuple(path for path in parts if path.name in _STARTED)
            yield Runtime(kind.name, readable=parts, executable=started)
        if kind is VENV and (python := _python_of(prefix)) is not None:
            yield from installations(names_of(python))


def kind_of(prefix: Path) -> Kind | None:
    """What is installed at `prefix`; None when it bears no mark."""
    marked = (kind for kind in _KINDS if next(prefix.glob(kind.mark), None) is not None)
    return next(marked, None)


def _prefixes(names: Sequence[Path]) -> Iterator[Path]:
    """The folders that the program was installed in: a `bin` of theirs has it."""
    folders = dict.fromkeys(name.parent for name in names if name.parent.name in _BINARIES)
    for prefix in (folder.parent for folder in folders):
        if prefix.name == "jre":  # a JDK 8 has a second `bin`, in there
            yield prefix.parent
        if not _is_system(prefix):
            yield prefix


def _is_system(prefix: Path) -> bool:
    """Every program gets such a folder already; what it is called tells nothing of one."""
    return prefix in (Path("/"), Path("/usr"), Path("/usr/local"))


def _python_of(venv: Path) -> Path | None:
    """The Python that a virtual environment was made of (`home` in its pyvenv.cfg, PEP 405)."""
    try:
        lines = (venv / "pyvenv.cfg").read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    settings = (line.partition("=") for line in lines)
    homes = (Path(value.strip()) for key, _, value in settings if key.strip() == "home")
    found = (home / name for home in homes for name in ("python3", "python", "pypy3"))
    return next((path for path in found if path.is_absolute() and is_program(path)), None)


def _parts(prefix: Path, parts: Sequence[str]) -> tuple[Path, ...]:
    """Those of `parts` that are there and lie at `prefix` themselves, not at the end of a link."""
    home = prefix.resolve()
    # Where a person's own programs keep what they know of that person.
    private = prefix.parent / ".local" / "share"
    here = (prefix / part for part in parts if not (prefix / part).is_relative_to(private))
    return tuple(path for path in here if exists(path) and path.resolve().is_relative_to(home))
