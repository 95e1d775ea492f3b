"""Which files a large repository has: nested, of several kinds and sizes, some oddly named."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

GITIGNORE = """\
# Built, installed, or written by programs
build/
/dist/
node_modules/
__pycache__/
*.py[cod]
*.o
*.so
*.egg-info/
.venv/
.cache/
/coverage/
htmlcov/
target/
*.log
!keep.log
*.tmp
*.swp
*~
.DS_Store
/docs/_site/
services/*/generated/
**/fixtures/**/*.out
"""
"""Of the root: 21 patterns of every form, a negation among them."""

IGNORED_FOLDER = "build"
"""Where files are that the repository ignores."""

_FIRST = ("services", "libraries", "tools", "docs", "web", "tests", "deploy")
_STEMS = ("model", "view", "client", "schema", "report", "worker")
_ENDINGS = (".py", ".ts", ".md", ".json", ".py", ".c", ".toml", ".py", ".txt", ".yaml", ".go")
_ODD = {11: "übersicht {}", 31: "日本語_{}", 51: "cafe\u0301 {}", 71: "Привет_{}", 91: "{} (copy)"}
"""In one name of forty: spaces, and letters of several scripts and forms."""
_SIZES = (600, 1200, 2500, 900, 4000, 1800, 400, 8000, 2000, 1000)


class Kind(StrEnum):
    """What a file is."""

    TEXT = "text"
    BINARY = "binary"
    SCRIPT = "script"
    """Text that may be executed."""

    @property
    def mode(self) -> str:
        """As git has it."""
        return "100755" if self is Kind.SCRIPT else "100644"


@dataclass(frozen=True, slots=True)
class File:
    """One tracked file; all of it follows from its number."""

    number: int

    @property
    def kind(self) -> Kind:
        """One in a hundred is binary, and one in a hundred may be executed."""
        return {3: Kind.BINARY, 4: Kind.SCRIPT}.get(self.number % 100, Kind.TEXT)

    @property
    def size(self) -> int:
        """In bytes, about: most are small, one in a thousand has 200 kB."""
        return 200_000 if self.number % 1000 == 7 else _SIZES[self.number % len(_SIZES)]

    @property
    def path(self) -> str:
        """One to five folders deep, with twenty files in a folder."""
        folder, first = divmod(self.number // 20, len(_FIRST))
        return "/".join((_FIRST[first], *_nested(folder), self._name))

    @property
    def _name(self) -> str:
        stem = f"{_STEMS[self.number % len(_STEMS)]}_{self.number}"
        ending = {Kind.BINARY: ".bin", Kind.SCRIPT: ".sh"}.get(self.kind)
        return _ODD.get(self.number % 200, "{}").format(stem) + (
            ending or _ENDINGS[self.number % len(_ENDINGS)]
        )


def _nested(folder: int) -> list[str]:
    """Names of folders: one for each digit of the number."""
    names = []
    while folder:
        folder, digit = divmod(folder, len(_STEMS))
        names.append(_STEMS[digit])
    return names
