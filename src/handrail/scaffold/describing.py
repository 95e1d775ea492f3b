"""What is said of a tool that was made of an example, and of its params."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from handrail.scaffold.draft import Word
from handrail.scaffold.imports.wording import cleaned
from handrail.scaffold.piece import Piece
from handrail.scaffold.value_keys import Value

_LONGEST = 400
_OPERANDS = {
    "pattern": "What to search for.",
    "revision": "A commit, branch or tag, or a range of them.",
    "revisions": "Commits, branches or tags, or a range of them.",
    "target": "Where it goes: a path of the workspace.",
}


def about_tool(path: Sequence[str], words: Iterable[Word], params: Iterable[str]) -> str:
    """The command, the options that it always has, and what callers choose."""
    kept = [word.given for word in words if word.param is None and word.given.startswith("-")]
    always = ", ".join(f"`{one}`" for one in kept if one != "--")
    choice = ", ".join(f"`{name}`" for name in params)
    runs = f"Run `{' '.join(path)}`" + (f" with {always}" if always else "")
    return cleaned(f"{runs}.", _LONGEST) + (f" Callers choose {choice}." if choice else "")


def about_option(piece: Piece) -> str:
    """Which option it is the value of."""
    return f"The value of `{cleaned(piece.long or piece.name, 60)}`."


def about_flag(piece: Piece) -> str:
    """Which flag it adds."""
    return f"Add `{cleaned(piece.words[0], 60)}`."


def about_operand(name: str, value: Value, path: Sequence[str]) -> str:
    """What it is to the command."""
    if name in _OPERANDS:
        return _OPERANDS[name]
    command = " ".join(path)
    match value.meaning:
        case "path":
            return f"What `{command}` works on: files or folders of the workspace."
        case "URL":
            return "An address on the same host as the example's."
        case _:
            return f"What is given to `{command}`."


def with_article(meaning: str) -> str:
    """`an integer`, `a date`; but `text`."""
    return meaning if meaning == "text" else f"{'an' if meaning[0] in 'aeio' else 'a'} {meaning}"
