"""E7xx: rules that contradict their examples, or that can never match."""

from __future__ import annotations

from pathlib import Path

from handrail.lint.lint import lint
from handrail.spec.load import read

TOOLS = """\
config_version = 1
[programs]
git = {}
nice = {}
[[tool]]
name = "log"
description = "x"
program = "git"
args = ["log", ["{path}"], { when = "all", args = ["--all"] }]
params = { path = { type = "path" }, all = { type = "boolean" } }
[[tool]]
name = "run"
description = "x"
programs = ["git", "nice"]
"""


def answer(folder: Path, rules: str) -> str:
    """What is said of the rules, with lines counted from their first."""
    file = folder / "handrail.toml"
    file.write_text(TOOLS + rules)
    start = TOOLS.count("\n")
    return "".join(
        f"{found.place.line - start}:{found.place.column} {found.severity} {found.code} "
        + found.message
        + (f" ({found.hint})\n" if found.hint else "\n")
        for found in read(file, {}).judge(lint)
    )


def test_examples_are_checked_as_the_planner_reads_commands(tmp_path: Path) -> None:
    rules = """\
[[rule]]
argv = ["git", "push"]
decision = "deny"
match = [["git", "push"], ["git", "-C", "x", "push"], ["nice", "git", "push"], ["git", "pull"]]
not_match = [["git", "pull"], ["git", "-P", "push"], ["tar", "push"], ["git", "log", "push"]]
"""
    assert answer(tmp_path, rules) == (
        "4:80 error E701 the rule does not match this example of what it must match "
        "(The rule is about git push.)\n"
        "5:31 error E702 the rule matches this example of what it must not match "
        "(The rule is about git push.)\n"
    )


def test_a_rule_that_can_never_match_is_told(tmp_path: Path) -> None:
    rules = """\
[[rule]]
tool = "rnu"
decision = "deny"
[[rule]]
tool = "l*"
argv = ["gti"]
decision = "deny"
[[rule]]
argv = [["hg", "svn"]]
decision = "deny"
[[rule]]
argv = [["hg", "git"]]
decision = "deny"
"""
    names = "A rule says them by their names in [programs]."
    can_never = "the rule can never match: no tool that it is about runs such a program"
    assert answer(tmp_path, rules) == (
        '2:8 error E703 the rule is about tool "rnu", which does not exist; did you mean "run"?\n'
        f'6:9 error E704 {can_never}; did you mean "git"? (The programs are: git. {names})\n'
        f"9:9 warning E704 {can_never} (The programs are: git, nice. {names})\n"
    )


def test_conditions_that_no_argument_can_fulfil_are_told(tmp_path: Path) -> None:
    rules = """\
[[rule]]
tool = "log"
decision = "deny"
params = { pth = "x", all = "yes", path = ["src", "./src", "/x", "a/../b", "."] }
[[rule]]
tool = "run"
decision = "deny"
params = { argv = "x", cwd = "src", timeout = { regex = "6.*" } }
"""
    plain = (
        "error E707 params.path: it can never be this: it is relative to the workspace, "
        'in its shortest form, like "src/app.py"\n'
    )
    assert answer(tmp_path, rules) == (
        '4:12 error E705 no tool that the rule is about has an argument "pth"; '
        'did you mean "path"?\n'
        "4:29 error E707 params.all: it can never be this: it must be true or false, not a string\n"
        f"4:51 {plain}4:60 {plain}4:66 {plain}"
        '8:12 error E705 no tool that the rule is about has an argument "argv" '
        '(Say it of the command itself: argv = ["git", "push"] in the rule.)\n'
    )


def test_mistakes_of_shape_in_one_rule_do_not_hide_those_of_others(tmp_path: Path) -> None:
    rules = """\
[[rule]]
decision = "dney"
argv = ["gti"]
[[rule]]
decision = "deny"
argv = ["gti"]
"""
    assert [line.split()[:3] for line in answer(tmp_path, rules).splitlines()] == [
        ["2:12", "error", "E102"],
        ["6:9", "error", "E704"],
    ]
