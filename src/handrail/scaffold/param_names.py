"""What the params of an example command are called."""

from __future__ import annotations

from collections.abc import Sequence

from handrail.profiles.role import Role
from handrail.scaffold.imports.wording import param_name
from handrail.scaffold.piece import Piece

_OPTIONS = {
    ("git", "-C"): "folder",
    ("git", "-L"): "lines",
    ("ping", "-c"): "count",
    ("pytest", "-k"): "keyword",
    ("pytest", "-m"): "markers",
    ("tree", "-L"): "depth",
}
"""Options without a long name that have one everywhere else."""
_BY_ROLE = {
    Role.FOLDER: "folder",
    Role.READ: "input",
    Role.LOCAL: "input",
    Role.WRITE: "output",
    Role.LOCAL_WRITE: "output",
}
_SEARCHING = {("grep",), ("rg",), ("zgrep",), ("fd",), ("git", "grep")}
"""Commands whose first operand is a pattern."""
_TARGETS = (Role.WRITE, Role.LOCAL_WRITE)


def option_name(piece: Piece, path: Sequence[str]) -> str:
    """After the long option; for `-k` after what it is for, or `option_k`."""
    name = (piece.long or piece.name).lstrip("-")
    if len(name) > 1:
        return param_name(name)
    known = _OPTIONS.get((path[0], piece.name))
    by_role = _BY_ROLE.get(piece.role) if piece.role is not None else None
    return known or by_role or param_name("option", name)


def flag_name(piece: Piece) -> str:
    """After the flag; `flag_x` for `-x`."""
    name = piece.words[0].lstrip("-")
    return param_name(name) if len(name) > 1 else param_name("flag", name)


def operand_name(piece: Piece, meaning: str, path: Sequence[str], *, many: bool) -> str:
    """After what it is: `path`, `urls`, `pattern`, `revision`."""
    name = _operand(piece, meaning, path)
    return f"{name}s" if many else name


def _operand(piece: Piece, meaning: str, path: Sequence[str]) -> str:
    if meaning in ("path", "URL"):
        is_target = piece.role in _TARGETS and not piece.repeats
        return "target" if is_target and meaning == "path" else meaning.lower()
    if tuple(path) in _SEARCHING:
        return "pattern"
    return "revision" if path[0] == "git" and piece.role is Role.MAYBE else "text"
