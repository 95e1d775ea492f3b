"""Where the parts of an audit lie: side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """The file that is written to, its key, and its head."""

    file: Path
    key: Path
    head: Path

    @classmethod
    def of(cls, file: Path, key: Path | None = None, head: Path | None = None) -> Place:
        """The parts of the audit in `file`: beside it, unless they were put elsewhere."""
        return cls(
            file=file,
            key=key or file.with_name(f"{file.name}.key"),
            head=head or file.with_name(f"{file.name}.head"),
        )

    def full(self, first: int) -> Path:
        """Where a file goes that is full, by its first number: `audit.000000000001.jsonl`."""
        return self.file.with_name(f"{self.file.stem}.{first:012d}{self.file.suffix}")

    def full_files(self) -> list[tuple[int, Path]]:
        """The full files that there are, oldest first, with their first numbers."""
        form = re.compile(
            rf"{re.escape(self.file.stem)}\.([0-9]{{12,18}}){re.escape(self.file.suffix)}"
        )
        named = ((form.fullmatch(path.name), path) for path in self._beside())
        return sorted((int(found[1]), path) for found, path in named if found is not None)

    def files(self) -> list[tuple[int | None, Path]]:
        """All of them; the last is the one that is written to."""
        return [*self.full_files(), (None, self.file)]

    def server(self, name: str) -> Path:
        """What a server that writes here has, as long as it lives."""
        return self.file.with_name(f"{self.file.name}.{name}.server")

    def servers(self) -> Iterator[tuple[str, Path]]:
        """Those that live, and those that were killed: name and file."""
        form = re.compile(rf"{re.escape(self.file.name)}\.([0-9a-f]+)\.server")
        for path in self._beside():
            if found := form.fullmatch(path.name):
                yield found[1], path

    def _beside(self) -> Iterator[Path]:
        return self.file.parent.iterdir()
