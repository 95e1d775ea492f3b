"""A command on the command line becomes the arguments of a free tool."""

from __future__ import annotations

from collections.abc import Sequence

from handrail.spec import free

_BAR = "|"


def split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """NAME=VALUE words, and the command after them: `cwd=src git log -n 5`."""
    known = (*free.PARAMS, free.PIPE)
    for number, word in enumerate(words):
        name, equals, _ = word.partition("=")
        if not equals or name not in known:
            return list(words[:number]), list(words[number:])
    return list(words), []


def command(words: Sequence[str]) -> dict[str, object]:
    """`argv`, or `pipe` where a word is `|` and nothing else."""
    stages: list[list[str]] = [[]]
    for word in words:
        if word == _BAR:
            stages.append([])
        else:
            stages[-1].append(word)
    if len(stages) == 1:
        return {"argv": stages[0]} if words else {}
    return {free.PIPE: stages}
