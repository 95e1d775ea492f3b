"""`handrail check`: what it prints, where, and its exit code."""

import json
from importlib.metadata import version
from pathlib import Path

import pytest

from handrail.cli.diagnostics import render
from handrail.cli.main import run
from handrail.diagnostic import Diagnostic, Place, Severity
from tests.running import hand_over

GOOD = """\
config_version = 1
[programs]
echo = {}
[[tool]]
name = "hello"
description = "Say hello."
program = "echo"
"""
WARNED = GOOD + "params = { unused = {} }\n"
BAD = WARNED + 'timout = "3s"\nargs = ["{x}"]\n[workspace]\nroot = "nowhere"\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(
    text: str, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, list[str], str]:
    Path("handrail.toml").write_text(text)
    code = run(["check", *arguments])
    out, err = capsys.readouterr()
    return code, out.splitlines(), err


def test_a_good_file_is_silent_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(GOOD, capsys) == (0, [], "no problems found\n")


def test_warnings_are_printed_and_are_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(WARNED, capsys) == (
        0,
        [
            'handrail.toml:8:12 warning[E208] param "unused" is never used',
            "    hint: Put {unused} into args, stdin or cwd, or remove it.",
        ],
        "1 warning\n",
    )


def test_shape_meaning_and_machine_are_told_in_one_pass(capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = Path.cwd().resolve() / "nowhere"
    assert check(BAD, capsys, "handrail.toml") == (
        2,
        [
            'handrail.toml:9:1 error[E101] unknown key "timout" in tool "hello"; '
            'did you mean "timeout"?',
            'handrail.toml:10:9 error[E204] args uses {x}; tool "hello" has params unused',
            "    hint: Declare it in [tool.params].",
            f"handrail.toml:12:8 error[E401] the workspace {nowhere} does not exist",
            "    hint: Create it first.",
        ],
        "3 errors\n",
    )


def test_the_file_is_found_in_the_nearest_parent(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("handrail.toml").write_text("x = 1")
    Path("a").mkdir()
    monkeypatch.chdir("a")
    assert run(["check"]) == 2
    file = Path.cwd().parent / "handrail.toml"
    assert capsys.readouterr().out.splitlines()[0] == f'{file}:1:1 error[E101] unknown key "x"'


def test_no_file_at_all_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"error: no handrail.toml in {Path.cwd()} or above it\n")


def test_a_file_that_is_not_there_is_a_diagnostic(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "missing.toml"]) == 2
    assert capsys.readouterr().out == (
        "missing.toml:1:1 error[E104] there is no such file\n    hint: handrail new writes one.\n"
    )


def test_json_is_a_list_of_objects(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = check(WARNED, capsys, "--format", "json")
    assert (code, err) == (0, "1 warning\n")
    assert json.loads("\n".join(out)) == [
        {
            "file": "handrail.toml",
            "line": 8,
            "column": 12,
            "severity": "warning",
            "code": "E208",
            "message": 'param "unused" is never used',
            "hint": "Put {unused} into args, stdin or cwd, or remove it.",
            "documentation": "docs/diagnostics.md",
            "silenced": False,
        }
    ]


def test_json_of_a_good_file_is_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(GOOD, capsys, "--format", "json") == (0, ["[]"], "no problems found\n")


def test_github_commands_are_escaped() -> None:
    file = Path.cwd() / "a,b:c%.toml"
    diagnostic = Diagnostic(file, Place(3, 7), Severity.ERROR, "E102", "100% wrong: a, b", "Try.")
    assert render([diagnostic], "github") == (
        "::error file=a%2Cb%3Ac%25.toml,line=3,col=7,title=E102::100%25 wrong: a, b%0Ahint: Try.\n"
    )


def test_sarif_is_what_code_scanning_reads(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = check(WARNED, capsys, "--format", "sarif")
    message = (
        'param "unused" is never used\nhint: Put {unused} into args, stdin or cwd, or remove it.'
    )
    place = {
        "artifactLocation": {"uri": "handrail.toml"},
        "region": {"startLine": 8, "startColumn": 12},
    }
    rules = [{"id": "E208", "help": {"text": "docs/diagnostics.md"}}]
    driver = {"name": "handrail", "version": version("handrail"), "rules": rules}
    assert json.loads("\n".join(out)) == {
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [
                    {
                        "ruleId": "E208",
                        "ruleIndex": 0,
                        "level": "warning",
                        "message": {"text": message},
                        "locations": [{"physicalLocation": place}],
                    }
                ],
            }
        ],
    }


def test_sarif_paths_are_uris() -> None:
    files = [Path.cwd() / "a b.toml", Path("/etc/c d.toml")]
    diagnostics = [Diagnostic(file, Place(), Severity.ERROR, "E104", "gone") for file in files]
    results = json.loads(render(diagnostics, "sarif"))["runs"][0]["results"]
    uris = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results
    ]
    assert uris == ["a%20b.toml", "file:///etc/c%20d.toml"]


def test_a_secret_written_into_the_file_is_never_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = GOOD + 'env = { TOKEN = ["hunter2"] }\n[secrets]\nTOKEN = "hunter2"\n'
    for how in ("text", "json", "github", "sarif"):
        code, out, err = check(text, capsys, "--format", how)
        assert code == 2
        assert "hunter2" not in "\n".join(out) + err


DANGEROUS = GOOD.replace("echo", "sh")
ANSWERED = DANGEROUS + 'allow = ["S405: it says hello and no more"]\n'


def test_what_is_dangerous_is_an_error_until_there_is_a_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = check(DANGEROUS, capsys)
    assert (code, err) == (2, "1 error\n")
    assert out[0].startswith('handrail.toml:7:11 error[S405] "sh" is a shell')
    err = "no problems found (1 silenced, with a reason)\n"
    assert check(ANSWERED, capsys) == (0, [], err)


def test_json_and_sarif_tell_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = json.loads("\n".join(check(ANSWERED, capsys, "--format", "json")[1]))
    assert (found["silenced"], found["reason"]) == (True, "it says hello and no more")
    assert found["documentation"] == "docs/security-lint.md#s405"
    sarif = json.loads("\n".join(check(ANSWERED, capsys, "--format", "sarif")[1]))
    assert sarif["runs"][0]["results"][0]["suppressions"] == [
        {"kind": "inSource", "justification": "it says hello and no more"}
    ]
    assert check(ANSWERED, capsys, "--format", "github")[1] == []


def test_a_program_that_a_tool_may_write_is_an_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    program = Path("hello.sh")
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = GOOD.replace("echo = {}", 'echo = { path = "hello.sh" }')
    hand_over(Path.cwd())
    assert check(text, capsys)[0] == 0
    code, out, _ = check(text + 'effect = "write"\n', capsys, "--format", "json")
    assert (code, [one["code"] for one in json.loads("\n".join(out))]) == (2, ["S414"])


FIXABLE = """\
config_version = 1  # ours
[programs]
sed = {}

[[tool]]
name = "lines"
descripton = 'Show "lines".'   # misspelt
program = "sed"
args = [
    "-n", "{lines}p",  # these
    "{file}",
]
params = { lines = { pattern = "[0-9]+", required = true }, file = { type = "path" } }
"""
FIXED = FIXABLE.replace("descripton", "description")
SAFE = FIXED.replace('"-n", "{lines}p"', '"--sandbox", "-n", "{lines}p"').replace(
    '    "{file}",', '    ["{file}"],'
)


def test_fix_corrects_the_file_and_leaves_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    text = FIXABLE.replace('    "{file}",', '    ["{file}"],')
    Path("handrail.toml").touch(mode=0o600)
    _, out, err = check(text, capsys, "--fix")
    assert out == []
    assert err.endswith("no problems found\n")
    assert Path("handrail.toml").read_text() == SAFE
    assert Path("handrail.toml").stat().st_mode & 0o777 == 0o600
    assert check(SAFE, capsys, "--fix") == (0, [], "no problems found\n")


def test_diff_shows_what_fix_would_do(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = check(FIXABLE, capsys, "--diff")
    assert Path("handrail.toml").read_text() == FIXABLE
    assert code == 2
    assert "E101" in out[0]
    assert "-descripton = 'Show \"lines\".'   # misspelt\n+description =" in err


def test_fix_is_for_toml(capsys: pytest.CaptureFixture[str]) -> None:
    Path("handrail.json").write_text('{"config_version": 1}')
    assert run(["check", "handrail.json", "--fix"]) == 2
    assert "only TOML files are corrected" in capsys.readouterr().err


def test_fix_leaves_a_file_that_is_not_toml(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("a = [", capsys, "--fix")[0] == 2
    assert Path("handrail.toml").read_text() == "a = ["
