"""Screens of `handrail new` for its docs: `python -m tests.cli.new_pictures docs/pictures`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.cli.screen import DOWN, ENTER, Screen, screen

SIZES = {"new-80x24.txt": (80, 24), "new-40x20.txt": (40, 20)}
_SHOWN = ("Which tools?", "Where will it run?", "Write handrail.toml? [Y/n]")
_KEYS = {
    "What is the server called?": ENTER,
    "What is it for, in a sentence?": ENTER,
    "Which tools?": ENTER,
    "Which commands of yours?": ENTER,
    "May tools change things?": ENTER,
    "What is kept between calls?": f"{DOWN}{ENTER}",
    "Where will it run?": ENTER,
    "Which folder may tools see?": ENTER,
    "How strongly must commands be confined?": ENTER,
    "Which commands must never run?": ENTER,
    "How much may one call take?": ENTER,
    "How is the log written?": ENTER,
    "Write handrail.toml? [Y/n]": ENTER,
}


def pictures() -> Iterator[tuple[str, str]]:
    """The name and the text of each picture."""
    for name, size in SIZES.items():
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "shop"
            folder.mkdir()
            subprocess.run(["git", "init", "-q", str(folder)], check=True)
            with screen("new", folder=folder, size=size) as shown:
                yield name, "\n".join(_framed(one, size[0]) for one in _screens(shown))


def _screens(shown: Screen) -> Iterator[str]:
    for question, keys in _KEYS.items():
        shown.see_question(question)
        if question in _SHOWN:
            yield shown.text
        shown.type(keys)
    shown.end()
    yield shown.text


def _framed(text: str, columns: int) -> str:
    lines = (f"│{line:<{columns}}│" for line in text.splitlines())
    return "\n".join((f"╭{'─' * columns}╮", *lines, f"╰{'─' * columns}╯", ""))


def main(folder: Path) -> None:
    """Write every picture into `folder`."""
    for name, text in pictures():
        (folder / name).write_text(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
