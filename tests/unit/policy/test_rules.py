"""Which rules match a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.plan.plan import Plan
from handrail.plan.program import Program
from handrail.plan.stage import Stage
from handrail.policy.caller import LOCAL, Caller
from handrail.policy.decision import Decision
from handrail.policy.rules import rule_grounds
from handrail.profiles.profile import Profile
from handrail.profiles.read import Setting, read
from handrail.spec.rule import RuleSpec
from tests.builders import host, plan, planned, rule, tool

GIT = Profile.model_validate(
    {
        "options": {"folder": ["-C"], "flag": ["--no-pager", "-p"]},
        "command": {
            "push": {
                "names": ["publish"],
                "options": {"flag": ["-f", "--force", "-q"], "text": ["-o", "--repo"]},
                "operands": ["text"],
            },
            "log": {"operands": ["text"], "options": {"flag": ["-n"]}},
        },
    },
    strict=False,
)
NICE = Profile.model_validate({"operands": ["command"], "syntax": "posix"}, strict=False)
PROFILES = {"git": GIT, "nice": NICE, "tool": None}
TRUE = Program.at("true", Path("/bin/true"))


def stage(*words: str) -> Stage:
    """A command that a free tool's caller gives."""
    name, *rest = words
    program = Program.at(name, TRUE.path)
    return Stage(program, (str(TRUE.path), *rest), read(name, rest, Setting(PROFILES)))


def wanted(*commands: list[str], **changes: Any) -> Plan:
    return plan("/bin/true", stages=tuple(stage(*words) for words in commands), **changes)


def matches(rule: RuleSpec, plan: Plan, caller: Caller = LOCAL) -> bool:
    return bool(list(rule_grounds(plan, [rule], caller)))


PUSH = rule("deny", "git", "push")
FORCE = rule("deny", "git", "push", has=["--force", "-f"])


@pytest.mark.parametrize(
    "words",
    [
        ["git", "push"],
        ["git", "push", "origin", "main"],
        ["git", "--no-pager", "push"],
        ["git", "-C", "lib", "push"],
        ["git", "-Clib", "-p", "push"],
        ["git", "publish"],
        ["nice", "git", "push"],
        ["nice", "nice", "git", "-C", "lib", "push"],
        ["git", "--unheard-of", "push"],
        ["git", "--unheard-of", "value", "push"],
    ],
)
def test_a_rule_holds_however_the_command_is_put(words: list[str]) -> None:
    assert matches(PUSH, wanted(words))


@pytest.mark.parametrize(
    "words",
    [
        ["git", "log", "push"],
        ["git", "-p", "log", "push"],
        ["git", "-C", "push", "log"],
        ["git"],
        ["tool", "push"],
        ["tool", "git", "push"],
    ],
)
def test_a_rule_is_not_about_other_commands(words: list[str]) -> None:
    assert not matches(PUSH, wanted(words))


@pytest.mark.parametrize(
    "options", [["--force"], ["-f"], ["-qf"], ["-fq"], ["-o", "x", "-f"], ["x", "main", "-f"]]
)
def test_what_a_rule_looks_for_may_stand_anywhere(options: list[str]) -> None:
    assert matches(FORCE, wanted(["git", "push", *options]))


@pytest.mark.parametrize("options", [[], ["-q"], ["-of"], ["-o", "force"], ["force"]])
def test_what_only_looks_alike_is_no_option(options: list[str]) -> None:
    assert not matches(FORCE, wanted(["git", "push", *options]))


@pytest.mark.parametrize("words", [["push", "-qf"], ["-x", "y", "push", "--force=yes"]])
def test_without_a_profile_a_rule_takes_for_options_what_may_be_some(words: list[str]) -> None:
    assert matches(rule("deny", "tool", "push", has=["--force", "-f"]), wanted(["tool", *words]))


def test_an_option_with_its_value_is_found_by_its_name() -> None:
    assert matches(rule("deny", has=["--repo"]), wanted(["git", "push", "--repo=x"]))


@pytest.mark.parametrize(
    ("element", "yes", "no"),
    [
        ("v1", "v1", "v12"),
        (["v1", "v2"], "v2", "v3"),
        ({"glob": "v*"}, "v3", "w3"),
        ({"regex": r"v\d+"}, "v33", "v33-x"),
    ],
)
def test_an_element_says_what_the_whole_word_is(element: object, yes: str, no: str) -> None:
    tagged = rule("deny", "tool", element)
    assert matches(tagged, wanted(["tool", yes]))
    assert not matches(tagged, wanted(["tool", no]))


def test_every_command_of_a_pipeline_is_looked_at() -> None:
    assert matches(PUSH, wanted(["git", "log"], ["tool"], ["git", "push"]))


WORDS = st.sampled_from(["git", "push", "log", "-f", "--force", "-C", "--no-pager", "x", "--"])
COMMANDS = st.builds(
    lambda name, rest: [name, *rest], st.sampled_from(list(PROFILES)), st.lists(WORDS, max_size=5)
)
RULES = [PUSH, FORCE, rule("ask", "tool", "x"), rule("allow", has=["-C"]), rule("ask", tool="t")]


@given(st.lists(COMMANDS, min_size=1, max_size=4))
def test_a_pipeline_has_the_grounds_of_its_commands_and_no_others(
    commands: list[list[str]],
) -> None:
    together = set(rule_grounds(wanted(*commands), RULES, LOCAL))
    alone = {ground for words in commands for ground in rule_grounds(wanted(words), RULES, LOCAL)}
    assert together == alone


@given(
    st.lists(st.sampled_from(["-C", "--no-pager", "-p", "-Cx", "--x=y"]), max_size=6),
    st.lists(WORDS, max_size=4),
)
def test_no_options_before_a_subcommand_hide_it(before: list[str], after: list[str]) -> None:
    options = [
        word for option in before for word in ([option, "x"] if option == "-C" else [option])
    ]
    assert matches(PUSH, wanted(["git", *options, "push", *after]))


def test_a_rule_may_call_a_subcommand_by_either_name() -> None:
    other = wanted(["git", "-C", ".", "publish", "origin"])
    assert matches(PUSH, other)
    assert matches(rule("deny", "git", "publish"), other)
    assert not matches(rule("deny", "git", "publish"), wanted(["git", "push"]))


def test_a_rule_may_be_about_some_tools() -> None:
    assert matches(rule("deny", tool="run_*"), wanted(["tool"], tool="run_it"))
    assert matches(rule("deny"), wanted(["tool"], tool="run_it"))
    assert not matches(rule("deny", tool="run_*"), wanted(["tool"], tool="walk"))


def test_a_rule_may_be_about_some_callers() -> None:
    ada = Caller("ada", frozenset({"reader"}))
    for about in ({"caller": "ada"}, {"caller": ["bob", "ada"]}, {"role": ["writer", "reader"]}):
        assert matches(rule("deny", **about), wanted(["tool"]), ada)
        assert not matches(rule("deny", **about), wanted(["tool"]))


ARGUMENTS = {"branch": ("main",), "names": ("a", "b"), "force": (True,), "count": (1,)}


@pytest.mark.parametrize(
    "params",
    [
        {"branch": "main"},
        {"branch": ["release", "main"]},
        {"branch": {"regex": "ma.+"}},
        {"names": "b"},
        {"names": {"glob": "b*"}},
        {"force": True},
        {"force": {"glob": "true"}},
        {"count": 1},
        {"branch": "main", "count": 1},
    ],
)
def test_a_rule_may_be_about_some_arguments(params: dict[str, object]) -> None:
    assert matches(rule("deny", params=params), wanted(["tool"], arguments=ARGUMENTS))


@pytest.mark.parametrize(
    "params",
    [
        {"branch": "mai"},
        {"count": True},
        {"force": 1},
        {"other": "x"},
        {"branch": "main", "count": 2},
    ],
)
def test_all_that_a_rule_says_of_arguments_must_be_true(params: dict[str, object]) -> None:
    assert not matches(rule("deny", params=params), wanted(["tool"], arguments=ARGUMENTS))


def test_a_path_is_what_it_leads_to_however_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "link").symlink_to("secrets/key")
    declared = tool("{file}", params={"file": {"type": "path"}})
    kept = rule("deny", params={"file": {"glob": "secrets/*"}})
    for written in ("secrets/key", "./secrets//key", "x/../secrets/key", "link"):
        assert matches(kept, planned(declared, {"file": written}, host(tmp_path))), written
    assert not matches(kept, planned(declared, {"file": "public"}, host(tmp_path)))


def test_grounds_are_numbered_as_the_rules_are() -> None:
    rules = [rule("deny", "hg"), rule("ask", ["git", "tool"], has=["-f", {"regex": "x+"}])]
    (ground,) = rule_grounds(wanted(["git", "push", "-f"]), rules, LOCAL)
    assert (ground.decision, ground.source) == (Decision.ASK, "rule 2: git|tool … -f|/x+/")
