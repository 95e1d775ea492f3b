"""Corrections change what they are for, and not one character more."""

import tomllib

import pytest

from handrail.diagnostic import Fix, Insert, Rename
from handrail.spec.mend import mended

ARGS = ("tool", 0, "args")
CASES: dict[str, tuple[str, Fix, str]] = {
    "before an argument": (
        "args = ['-n', # why\n 'b']",
        Insert(ARGS, 1, ("x",)),
        "args = ['-n', # why\n \"x\", 'b']",
    ),
    "at the front": ('args=["a"]', Insert(ARGS, 0, ("x", "y")), 'args=["x", "y", "a"]'),
    "at the end": ('args = ["a"]', Insert(ARGS, 1, ("x",)), 'args = ["a", "x"]'),
    "after a last comma": (
        'args = [\r\n  ["a]"], # one\r\n]',
        Insert(ARGS, 1, ("x",)),
        'args = [\r\n  ["a]"], "x", # one\r\n]',
    ),
    "with quotes in it": (
        "args = [{ when = 'v', args = [] }]",
        Insert(ARGS, 1, ('\\a "b"',)),
        'args = [{ when = \'v\', args = [] }, "\\\\a \\"b\\""]',
    ),
    "a bare key": (
        "timout = '1s'  # t",
        Rename(("tool", 0, "timout"), "timeout"),
        "timeout = '1s'  # t",
    ),
    "a quoted key": (
        '"timout" = "timout"',
        Rename(("tool", 0, "timout"), "timeout"),
        'timeout = "timout"',
    ),
    "a dotted key": (
        "params.x.requird = true",
        Rename(("tool", 0, "params", "x", "requird"), "required"),
        "params.x.required = true",
    ),
    "a place that is not there": ("a = 1", Insert(ARGS, 0, ("x",)), "a = 1"),
}
HEAD = "# first\n[[tool]]\n"


@pytest.mark.parametrize("case", CASES)
def test_a_correction_changes_nothing_else(case: str) -> None:
    before, fix, after = CASES[case]
    assert mended(HEAD + before, [fix]) == HEAD + after
    tomllib.loads(HEAD + after)


def test_several_corrections_do_not_disturb_each_other() -> None:
    text = 'args = ["a", "b"]\ntimout = "1s"'
    fixes: list[Fix] = [
        Insert(ARGS, 0, ("x",)),
        Insert(ARGS, 1, ("y",)),
        Rename(("tool", 0, "timout"), "timeout"),
    ]
    expected = 'args = ["x", "a", "y", "b"]\ntimeout = "1s"'
    assert mended(HEAD + text, fixes) == HEAD + expected
