"""docs/security-lint.md tells the truth, and our own files have an answer to every finding."""

import os
import re
from pathlib import Path

import pytest

from handrail.diagnostic import Diagnostic
from handrail.lint.lint import lint
from handrail.lint.security import security
from handrail.spec.load import read

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "docs" / "security-lint.md").read_text()
SECTION = re.compile(
    r"^## (S\d{3})\n.*?^Wrong:\n\n```toml\n(.*?)```\n\nRight:\n\n```toml\n(.*?)```",
    re.MULTILINE | re.DOTALL,
)
EXAMPLES = [
    (found[1], found[2], found[3])
    for part in re.split(r"^(?=## )", DOCUMENT, flags=re.MULTILINE)
    if (found := SECTION.match(part))
]
ON_A_MACHINE, RESERVED = "S414", "S410"


def findings(file: Path) -> list[Diagnostic]:
    reading = read(file, {**os.environ, "PYTHON": "/usr/bin/python3"})
    assert reading.spec is not None, reading.diagnostics
    assert reading.document is not None
    return reading.document.locate([*lint(reading.spec), *security(reading.spec, file.parent)])


def standing(folder: Path, text: str) -> set[str]:
    file = folder / "handrail.toml"
    file.write_text(f"config_version = 1\n{text}")
    return {found.code for found in findings(file) if found.silenced is None}


@pytest.mark.parametrize(("code", "wrong", "right"), EXAMPLES, ids=[row[0] for row in EXAMPLES])
def test_the_wrong_example_gives_its_code_alone_and_the_right_one_none(
    tmp_path: Path, code: str, wrong: str, right: str
) -> None:
    assert standing(tmp_path, wrong) == {code}
    assert standing(tmp_path, right) == set()


SILENCED = [row for row in EXAMPLES if row[0] != "S417"]


@pytest.mark.parametrize(("code", "wrong", "_"), SILENCED, ids=[row[0] for row in SILENCED])
def test_every_code_is_silenced_by_a_reason(tmp_path: Path, code: str, wrong: str, _: str) -> None:
    assert standing(tmp_path, f'allow = ["{code}: we know"]\n{wrong}') == set()


@pytest.mark.parametrize("entry", ["S405", "S405:", "S405: ", "E101: no", "sh is fine", "S417: no"])
def test_without_code_and_reason_nothing_is_silenced(tmp_path: Path, entry: str) -> None:
    tool = next(wrong for code, wrong, _ in EXAMPLES if code == "S405")
    assert standing(tmp_path, f'allow = ["{entry}"]\n{tool}') == {"E151", "S405"}


def test_a_tool_speaks_for_itself_alone(tmp_path: Path) -> None:
    tool = next(wrong for code, wrong, _ in EXAMPLES if code == "S405")
    other = '[[tool]]\nname = "other"\ndescription = "Another."\nprogram = "sh"\n'
    assert standing(tmp_path, f'{tool}allow = ["S405: constant"]\n{other}') == {"S405"}


PATH = '{ type = "path", required = true }'
TEXT = "{ required = true }"
CASES = {
    "a message is text": ("git", '["commit", "-m", "{x}"]', TEXT, set()),
    "a pattern of grep is text": ("grep", '["-rn", "--regexp={x}", "."]', TEXT, set()),
    "a filter of jq is no file": ("jq", '["{x}", "data.json"]', TEXT, set()),
    "text for a program without a profile": ("deploy", '["{x}"]', TEXT, set()),
    "a path behind -- is no option": ("find", '["--", "{x}"]', PATH, set()),
    "a program's version": ("npm", '["--version"]', None, set()),
    "code of the author": ("python3", '["-c", "print(1)"]', None, set()),
    "any subcommand": ("git", '["{x}"]', TEXT, {"S404"}),
    "any code": ("python3", '["-c", "{x}"]', TEXT, {"S404"}),
    "a script with a value in it": ("sh", '["-c", "echo {x}"]', TEXT, {"S404", "S405"}),
    "any script of the workspace": ("python3", '["{x}"]', PATH, {"S402"}),
    "one script of the workspace": ("python3", '["tools/count.py"]', None, {"S402"}),
    "a module that runs the workspace": ("python3", '["-m", "pytest"]', None, {"S402"}),
    "text that names a file": ("cat", '["{x}"]', TEXT, {"S404"}),
    "a wrapper": ("env", '["A=1", "git", "status"]', None, {"S405"}),
    "options after --": ("find", '["--", "{x}"]', TEXT, {"S403", "S404"}),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_value_is_to_the_program_decides(tmp_path: Path, case: str) -> None:
    program, args, param, expected = CASES[case]
    params = f"params = {{ x = {param} }}" if param else ""
    tool = f'[[tool]]\nname = "t"\ndescription = "d"\nprogram = "{program}"\nargs = {args}\n'
    assert standing(tmp_path, f"[programs]\n{program} = {{}}\n{tool}{params}") == expected


@pytest.mark.parametrize(
    ("args", "expected"), [("[]", {"S404"}), ('["-"]', {"S404"}), ('["-c", "input()"]', set())]
)
def test_an_interpreter_runs_its_input(tmp_path: Path, args: str, expected: set[str]) -> None:
    tool = '[[tool]]\nname = "t"\ndescription = "d"\nprogram = "python3"\nstdin = "{x}"\n'
    rest = f"args = {args}\nparams = {{ x = {TEXT} }}"
    assert standing(tmp_path, f"[programs]\npython3 = {{}}\n{tool}{rest}") == expected


def test_another_name_does_not_hide_a_shell(tmp_path: Path) -> None:
    program = '[programs]\nhelper = { path = "/bin/bash" }\n'
    tool = '[[tool]]\nname = "t"\ndescription = "d"\nprogram = "helper"\n'
    assert standing(tmp_path, program + tool) == {"S405"}


def test_a_profile_of_ones_own_is_read(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('operands = ["text"]\n[options]\ncode = ["--eval"]\n')
    program = '[programs]\nown = { profile = "./own.toml" }\n'
    tool = '[[tool]]\nname = "t"\ndescription = "d"\nprogram = "own"\n'
    params = "params = { x = { required = true } }\n"
    assert standing(tmp_path, f'{program}{tool}args = ["--eval={{x}}"]\n{params}') == {"S404"}
    assert standing(tmp_path, f'{program}{tool}args = ["{{x}}"]\n{params}') == set()


@pytest.mark.parametrize(
    "text", ["Zero\\u200Bwidth.", "\\u202Eevitceriditlib", "Tag\\U000E0041s.", "Esc\\u001B[2J"]
)
def test_hidden_characters_are_found(tmp_path: Path, text: str) -> None:
    tool = f'[[tool]]\nname = "t"\ndescription = "{text}"\nprogram = "du"\n'
    assert standing(tmp_path, f"[programs]\ndu = {{}}\n{tool}") == {"S413"}


OURS = [
    ROOT / "examples" / "devtools" / "handrail.toml",
    ROOT / "benchmarks" / "handrail.toml",
    ROOT / "benchmarks" / "spawn.toml",
    *sorted((ROOT / "tests" / "served").glob("*.toml")),
]


@pytest.mark.parametrize("file", OURS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_our_own_files_have_an_answer_to_every_finding(file: Path) -> None:
    assert [str(found) for found in findings(file) if found.silenced is None] == []


def test_the_readmes_first_file_has_nothing_to_answer_for(tmp_path: Path) -> None:
    first = re.search(
        r"```toml\nconfig_version = 1\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL
    )
    assert first is not None
    assert standing(tmp_path, first[1]) == set()


def test_every_code_of_the_source_is_documented_and_every_documented_one_is_tested() -> None:
    in_source = {
        code
        for file in (ROOT / "src" / "handrail").rglob("*.py")
        for code in re.findall(r'"(S4\d\d)"', file.read_text())
    }
    documented = set(re.findall(r"^## (S\d{3})$", DOCUMENT, re.MULTILINE))
    assert in_source | {RESERVED} == documented
    assert documented == {row[0] for row in EXAMPLES} | {ON_A_MACHINE, RESERVED}
