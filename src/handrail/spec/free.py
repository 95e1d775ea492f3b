"""What the caller of a free tool gives, as params."""

from __future__ import annotations

from handrail.spec.param import ParamSpec, ParamType

MOST_WORDS = 1_000
"""Elements of one argv."""
LONGEST_WORD = 131_071
"""Characters of one element; Linux takes no more bytes (execve(2), MAX_ARG_STRLEN)."""
MOST_STAGES = 8
"""Commands in a pipeline."""

WORD = ParamSpec(max_length=LONGEST_WORD, multiline=True, dash=True)
"""One element of argv."""

PARAMS = {
    "argv": ParamSpec(
        repeat=True,
        dash=True,
        multiline=True,
        max_length=LONGEST_WORD,
        max_items=MOST_WORDS,
        description="The program and its arguments, one element each. There is no shell: no "
        "quotes, no $VARIABLES, no globs, no > or |.",
    ),
    "cwd": ParamSpec(type=ParamType.PATH, description="The directory to run in."),
    "stdin": ParamSpec(multiline=True, max_length=1_048_576, description="What it reads."),
    "stdin_from": ParamSpec(
        pattern=r"[0-9A-Za-z_-]{1,64}(?:/(?:stdout|stderr))?",
        description="Read an earlier call's output: its call_id, or CALL_ID/stderr.",
    ),
    "timeout": ParamSpec(
        type=ParamType.NUMBER, min=0.1, max=86_400, description="Seconds after which to stop it."
    ),
}
"""By name; `pipe`, a list of argv lists, is beside them."""

PIPE = "pipe"
PIPE_DESCRIPTION = (
    "Instead of argv: several such lists, each command reading what the one before it writes."
)
