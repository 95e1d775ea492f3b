"""What the caller of a free tool gives is planned word for word, or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handrail.errors import ArgumentError, CallError, Denied, PathOutsideWorkspace
from handrail.plan.host import Host
from handrail.plan.plan import Plan
from handrail.plan.stage import Earlier
from handrail.policy.decision import Decision
from handrail.policy.hazards import hazards
from handrail.profiles.catalogue import shipped
from handrail.spec.server import Tier
from tests.builders import free_tool, host, planned

PROGRAMS = ["cat", "cp", "env", "find", "ls", "nice", "rm", "sed", "sort", "tee", "xargs"]
Planning = Callable[..., Plan]


def machine(workspace: Path) -> Host:
    profiles = {name: shipped(name) for name in PROGRAMS}
    return host(
        workspace,
        programs={name: Path("/usr/bin") / name for name in PROGRAMS},
        profiles={name: found for name, found in profiles.items() if found is not None},
    )


@pytest.fixture
def plans(tmp_path: Path) -> Planning:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.txt").write_text("a\n")
    (tmp_path / "out").symlink_to("/etc")
    here = machine(tmp_path)

    def plans(*argv: str, keys: dict[str, Any] | None = None, **arguments: Any) -> Plan:
        given = arguments if "pipe" in arguments else {"argv": list(argv), **arguments}
        return planned(free_tool(*PROGRAMS, **(keys or {})), given, here)

    return plans


def decided(plan: Plan, tier: Tier = Tier.LANDLOCK) -> Decision:
    return max((ground.decision for ground in hazards(plan, tier)), default=Decision.ALLOW)


def test_the_words_are_the_callers(plans: Planning) -> None:
    plan = plans("cat", "-n", "a.txt", "$HOME", "*", "a b", "; ls")
    assert plan.stages[0].argv == ("/usr/bin/cat", "-n", "a.txt", "$HOME", "*", "a b", "; ls")
    assert plan.free


def test_a_pipeline_has_a_stage_for_each_command(plans: Planning) -> None:
    plan = plans(pipe=[["cat", "a.txt"], ["sort", "-r"]])
    assert [stage.words for stage in plan.stages] == [("cat", "a.txt"), ("sort", "-r")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "give"),
        ({"argv": ["ls"], "pipe": [["ls"], ["ls"]]}, "not both"),
        ({"argv": []}, "must name a program"),
        ({"argv": "ls -l"}, "there is no shell to split it"),
        ({"argv": ["ls", 3]}, "item 2 must be a string"),
        ({"argv": ["ls", "a\0b"]}, "item 2 must not contain control characters"),
        ({"argv": ["ls", "\udcff"]}, "item 2 must be valid Unicode"),
        ({"argv": ["ls"] * 10_000}, "at most 1000 items"),
        ({"argv": ["ls", "x" * 200_000]}, "at most 131071 characters"),
        ({"pipe": [["ls"]]}, "2 to 8"),
        ({"pipe": [["ls"]] * 9}, "2 to 8"),
        ({"pipe": ["ls", "ls"]}, "there is no shell to split it"),
        ({"pipe": [["ls"], []]}, "must name a program"),
        ({"argv": ["ls"], "timeout": 31}, "at most 30 seconds"),
        ({"argv": ["ls"], "timeout": 0}, "at least 0.1"),
        ({"argv": ["ls"], "stdin": "x", "stdin_from": "abc"}, "not both"),
        ({"argv": ["ls"], "stdin_from": "a b"}, "must match the pattern"),
        ({"argv": ["ls"], "shell": True}, "there is no argument `shell`"),
    ],
)
def test_what_is_no_command_is_an_error_of_the_argument(
    plans: Planning, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(ArgumentError) as wrong:
        plans(**{"pipe": None, **arguments})
    assert said in wrong.value.message


@pytest.mark.parametrize("name", ["bash", "/usr/bin/ls", "./ls", "LS", "ls ", "-", ""])
def test_only_the_tools_programs_run_and_by_their_names(plans: Planning, name: str) -> None:
    with pytest.raises(Denied) as refused:
        plans(name)
    assert refused.value.allowed == PROGRAMS


@pytest.mark.parametrize(
    "argv",
    [
        ("cat", "/etc/passwd"),
        ("cat", "../x"),
        ("cat", "sub/../../x"),
        ("cat", "out/passwd"),
        ("cat", "--", "out/passwd"),
        ("sort", "-o/etc/x", "a.txt"),
        ("sort", "-ro", "/etc/x", "a.txt"),
        ("nice", "cat", "/etc/passwd"),
        ("nice", "nice", "sort", "-o", "/etc/x"),
        ("find", "out/", "-name", "x"),
        ("xargs", "cat", "/etc/passwd"),
    ],
)
def test_every_path_stays_inside(plans: Planning, argv: tuple[str, ...]) -> None:
    with pytest.raises(PathOutsideWorkspace) as outside:
        plans(*argv)
    assert "/etc" not in f"{outside.value.message} {outside.value.hint}"


def test_paths_are_relative_to_where_the_command_runs(plans: Planning) -> None:
    assert plans("cat", "../a.txt", cwd="sub").cwd.name == "sub"
    with pytest.raises(PathOutsideWorkspace):
        plans("cat", "../../x", cwd="sub")
    with pytest.raises(PathOutsideWorkspace):
        plans("ls", cwd="..")


def test_streams_have_names_outside(plans: Planning) -> None:
    plan = plans("sort", "-o", "/dev/null", "/dev/stdin", "-", keys={"effect": "write"})
    assert decided(plan) is Decision.ALLOW
    with pytest.raises(PathOutsideWorkspace):
        plans("rm", "/dev/null", keys={"effect": "destructive"})


@pytest.mark.parametrize("name", [".git/hooks/x", ".handrail/keys.json", "sub/.git/config"])
def test_what_is_kept_is_not_written(plans: Planning, name: str) -> None:
    for argv in (("cp", "a.txt", name), ("tee", name), ("sort", "-o", name, "a.txt")):
        for keys in ({"effect": "write"}, {"effect": "write", "writable": [".", ".git"]}):
            with pytest.raises(Denied, match="kept"):
                plans(*argv, keys=keys)


def test_what_is_kept_is_not_changed_in_place_either(plans: Planning, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").touch()
    (tmp_path / "link").symlink_to(".git/config")
    keys = {"effect": "destructive", "approval": "never"}
    for argv in (
        ("sed", "-i", "s/a/b/", ".git/config"),
        ("find", ".git", "-delete"),
        ("tee", "link"),
        ("rm", "-r", "."),
    ):
        with pytest.raises(Denied, match="kept"):
            plans(*argv, keys=keys)
    plan = plans("find", ".", "-name", "*.pyc", "-delete", keys=keys)
    assert decided(plan, Tier.LANDLOCK) is Decision.ALLOW
    assert decided(plan, Tier.RLIMITS) is Decision.DENY


def test_input_comes_from_the_caller_or_from_an_earlier_call(plans: Planning) -> None:
    assert plans("cat", stdin="x\n").stdin == b"x\n"
    assert plans("cat", stdin_from="abc").stdin == Earlier("abc", "stdout")
    assert plans("cat", stdin_from="abc/stderr").stdin == Earlier("abc", "stderr")
    assert plans("cat").stdin is None
    assert plans("cat", timeout=2).limits.wall_seconds == 2.0


@pytest.mark.parametrize(
    ("argv", "effect", "decision"),
    [
        (("sort", "a.txt"), "read", Decision.ALLOW),
        (("sort", "-o", "b.txt", "a.txt"), "read", Decision.DENY),
        (("sort", "-o", "b.txt", "a.txt"), "write", Decision.ALLOW),
        (("tee", "b.txt"), "read", Decision.DENY),
        (("rm", "a.txt"), "write", Decision.DENY),
        (("rm", "a.txt"), "destructive", Decision.ALLOW),
        (("nice", "rm", "a.txt"), "write", Decision.DENY),
        (("xargs", "rm"), "write", Decision.DENY),
        (("sort", "--compress-program=x", "a.txt"), "destructive", Decision.DENY),
        (("sort", "--compress=x", "a.txt"), "destructive", Decision.DENY),
        (("find", ".", "-exec", "cat", "{}", "+"), "read", Decision.ALLOW),
        (("find", ".", "-exec", "sh", "-c", "x", ";"), "destructive", Decision.DENY),
        (("find", ".", "-delete"), "write", Decision.DENY),
        (("env", "A=b", "ls"), "destructive", Decision.DENY),
        (("env", "LC_ALL=C", "ls"), "read", Decision.ALLOW),
        (("nice", "nice", "nice", "ls"), "read", Decision.ALLOW),
        (("nice",) * 999, "destructive", Decision.DENY),
    ],
)
def test_effects_and_programs_in_programs(
    plans: Planning, argv: tuple[str, ...], effect: str, decision: Decision
) -> None:
    assert decided(plans(*argv, keys={"effect": effect, "approval": "never"})) is decision


def test_what_leans_on_confinement_is_refused_without_it(plans: Planning) -> None:
    plan = plans("xargs", "cat")
    assert decided(plan, Tier.LANDLOCK) is Decision.ALLOW
    (ground, *_) = hazards(plan, Tier.RLIMITS)
    assert ground.decision is Decision.DENY
    assert "rlimits" in ground.reason


@pytest.mark.parametrize(
    ("words", "risk"),
    [
        (["sh"], "executes-callers-code"),
        (["sh", "-c", "id"], "executes-callers-code"),
        (["sh", "-"], "executes-callers-code"),
        (["sh", "a.sh", "x"], "executes-workspace-code"),
        (["nice", "sh", "a.sh"], "executes-workspace-code"),
    ],
)
def test_whose_code_runs_must_be_acknowledged(tmp_path: Path, words: list[str], risk: str) -> None:
    paths = {"sh": Path("/bin/sh"), "nice": Path("/usr/bin/nice")}
    profiles = {name: known for name in paths if (known := shipped(name)) is not None}
    here = host(tmp_path, programs=paths, profiles=profiles)
    risks = ["executes-workspace-code", "executes-callers-code", "unknown-programs"]
    for tier in (Tier.LANDLOCK, Tier.RLIMITS):
        for taken in risks:
            tool = free_tool(*paths, effect="write", acknowledge=[taken])
            expected = Decision.ALLOW if taken == risk else Decision.DENY
            assert decided(planned(tool, {"argv": words}, here), tier) is expected, (tier, taken)


def test_a_program_of_which_nothing_is_known_must_be_acknowledged(tmp_path: Path) -> None:
    here = host(tmp_path, programs={"own": Path("/bin/echo")})
    for keys, expected in (
        ({}, Decision.DENY),
        ({"acknowledge": ["unknown-programs"]}, Decision.ALLOW),
    ):
        plan = planned(free_tool("own", **keys), {"argv": ["own", "-x"]}, here)
        assert decided(plan) is expected


WORDS = st.one_of(
    st.sampled_from(
        [
            *PROGRAMS, "-n", "-r", "-o", "-oout", "--output=b", "-t", "sub", "a.txt", "..", "-S",
            "/etc/passwd", "out/passwd", "--", "-", "{}", "-exec", ";", "+", "-I", "-delete", "-i",
            "--files0-from=x", "s/a/b/e", "1e ls", "A=b", "-name", "-0", "-f", "sh", "-c",
            "--compress-program",
        ]
    ),
    st.text(max_size=5),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=8), min_size=1, max_size=3))
def test_no_input_yields_an_argv_that_the_policy_did_not_see(
    plans: Planning, commands: list[list[str]]
) -> None:
    """What would run is what the reading has, and the policy judges all of the reading."""
    given_ = {"pipe": commands} if len(commands) > 1 else {"argv": commands[0]}
    try:
        plan = plans(
            keys={"effect": "destructive", "approval": "never"}, **{"pipe": None, **given_}
        )
    except CallError:
        return
    allowed = decided(plan) is Decision.ALLOW
    for stage, words in zip(plan.stages, commands, strict=True):
        assert stage.reading is not None
        assert stage.reading.words == tuple(words[1:])
        assert stage.argv == (
            f"/usr/bin/{words[0]}",
            *stage.reading.arguments(lambda name: f"/usr/bin/{name}"),
        )
        inside = list(stage.reading.commands())
        assert [one.words[0] for one in inside] == [program.name for program in stage.wrapped]
        if allowed:
            assert all(one.words[0] in PROGRAMS for one in inside)
