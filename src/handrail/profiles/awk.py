"""Whether an awk program can do more than read its input and print."""

from __future__ import annotations

from collections.abc import Sequence

from handrail.profiles.awk_tokens import Token, UnreadableError, tokens

_REFUSED = {
    "system": "system() runs a command",
    "extension": "extension() loads a library",
    "ARGV": "ARGV names the files that are read",
    "SYMTAB": "SYMTAB reaches every variable, ARGV too",
    "FUNCTAB": "FUNCTAB reaches every function",
    "bindtextdomain": "bindtextdomain() names a folder to read from",
    "dcgettext": "dcgettext() reads a file",
    "dcngettext": "dcngettext() reads a file",
    "|": "a pipe runs a command",
    "|&": "a pipe runs a command",
    ">>": ">> writes a file",
    "::": "a namespace gives functions other names",
}
_AFTER_GETLINE = frozenset({"\n", ";", "}", ")", "&&", "||", "==", "!=", ">", ">=", ""})
_END = Token("end", "")


def refusal(program: str) -> str | None:
    """Why `program` may not run; None when it can do no harm.

    Refused is what runs commands, reads or writes files of its own choice, or loads code (gawk's
    manual on `--sandbox` has the list), and what awks may read differently.
    """
    try:
        return _refusal([*tokens(program), _END])
    except UnreadableError as unreadable:
        return str(unreadable)


def _refusal(words: Sequence[Token]) -> str | None:
    for at, token in enumerate(words):
        if token.kind in {"word", "operator"} and token.text in _REFUSED:
            return _REFUSED[token.text]
        if token.is_word("getline") and not _reads_main_input(words[at + 1 : at + 3]):
            return "getline can read any file, and what a command prints"
        if token.is_word("PROCINFO") and not _sorts(words[at + 1 : at + 4]):
            return "PROCINFO changes how files are opened"
    return "> writes a file" if _redirects(words) else None


def _reads_main_input(following: Sequence[Token]) -> bool:
    """Whether a `getline` that these follow ends there, perhaps after a variable."""
    end = following[1] if following[0].is_variable else following[0]
    return end.text in _AFTER_GETLINE


def _sorts(following: Sequence[Token]) -> bool:
    return [token.text for token in following] == ["[", '"sorted_in"', "]"]


def _redirects(words: Sequence[Token]) -> bool:
    """Whether a `>` stands in a print statement and outside parentheses; others compare."""
    is_printing, depth, last = False, 0, _END
    for token in words:
        if token.kind == "newline":
            is_printing = is_printing and last.kind == "operator" and not last.is_value
            continue
        if token.is_word("print", "printf"):
            is_printing, depth = True, 0
        elif token.kind in {"operator", "condition"}:
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if token.text == ">" and is_printing and depth <= 0:
                return True
            is_printing = is_printing and token.text not in {";", "}"}
        last = token
    return False
