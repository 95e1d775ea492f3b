"""Server files that cannot be read, each with its line; and those that can, in three languages."""

from pathlib import Path

import pytest

from handrail.errors import SpecError, UsageError
from handrail.spec.find import find
from handrail.spec.load import load, read

TOML = """
config_version = 1
[programs]
git = {}
[[tool]]
name = "log"
description = "The history."
program = "git"
args = ["log", ["-n{count}"], { when = "all", args = ["--all"] }]
[tool.params]
count = { type = "integer", min = 1 }
all = { type = "boolean" }
"""
YAML = """
config_version: 1
programs: {git: {}}
tool:
- name: log
  description: The history.
  program: git
  args: [log, ["-n{count}"], {when: all, args: [--all]}]
  params:
    count: {type: integer, min: 1}
    all: {type: boolean}
"""
JSON = """
{"config_version": 1, "programs": {"git": {}}, "tool": [{
 "name": "log", "description": "The history.", "program": "git",
 "args": ["log", ["-n{count}"], {"when": "all", "args": ["--all"]}],
 "params": {"count": {"type": "integer", "min": 1}, "all": {"type": "boolean"}}}]}
"""

UNREADABLE = [
    (".toml", b"", "1:1 error[E109] the file is empty"),
    (".yaml", b"# nothing\n", "1:1 error[E109] the file is empty"),
    (".toml", b"\xef\xbb\xbfa = 1", "1:1 error[E105] begins with a byte order mark"),
    (".toml", b'a = 1\nb = "\xc3\xa9\xff"', "2:7 error[E105] not UTF-8: byte 0xff"),
    (".toml", b"a = \r\nb = 1", "1:5 error[E106] not valid TOML: invalid value"),
    (".toml", b"a = 1\r\n\r\nb = ]", "3:5 error[E106] not valid TOML: invalid value"),
    (".toml", b'a = "', "1:6 error[E106] not valid TOML: unterminated string"),
    (".toml", b"a = 1\na = 2\n", '2:1 error[E107] "a" is given twice; the first is in line 1'),
    (".toml", b"[a]\nb = 1\n[a]", '3:2 error[E107] "a" is given twice; the first is in line 1'),
    (".toml", b"a = {b = 1}\na.c = 2", "2:8 error[E107] a key or table is given twice"),
    (".toml", b"a = " + b"[" * 5000, "1:1 error[E106] not valid TOML: nested too deeply"),
    (".toml", b"a = " + b"9" * 5000, "1:1 error[E106] not valid TOML: a number is too long"),
    (".toml", b"#" + b"x" * 5_000_000, "1:1 error[E104] larger than 4194304 bytes"),
    (".json", b"[]", "1:1 error[E102] a server file is a table, not a list"),
    (".json", b'{"a" 1}', "1:6 error[E106] not valid JSON: expecting ':' delimiter"),
    (
        ".json",
        b'{"a": {"b": 1,\n"b": 2}}',
        '2:1 error[E107] "b" is given twice; the first is in line 1',
    ),
    (".json", b"[" * 100_000, "1:1 error[E106] not valid JSON: nested too deeply"),
    (
        ".json",
        b'{"a":' + b"9" * 5000 + b"}",
        "1:1 error[E106] not valid JSON: a number is too long",
    ),
    (".yaml", b"a: [1\nb: 2", "2:2 error[E106] not valid YAML: expected ',' or ']', but got ':'"),
    (".yaml", b"a: \x01", "1:4 error[E106] not valid YAML: a control character"),
    (".yaml", b"a: " + b"[" * 5000, "1:1 error[E106] not valid YAML: nested too deeply"),
    (".yaml", b"a: 1\nb: 1\na: 2", '3:1 error[E107] "a" is given twice; the first is in line 1'),
    (
        ".ini",
        b"a = 1",
        '1:1 error[E108] "server.ini" does not say its language; '
        "its name must end in one of .toml, .yaml, .yml, .json",
    ),
]

YAML_REFUSED = """%YAML 1.1
---
a: &x 1
b: *x
c: !!str 3
<<: {d: 1}
2: e
---
f: 1
"""


@pytest.mark.parametrize(("name", "text"), [("a.toml", TOML), ("a.yaml", YAML), ("a.json", JSON)])
def test_three_languages_say_the_same(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    (tmp_path / "handrail.toml").write_text(TOML)
    assert load(tmp_path / name, {}) == load(tmp_path / "handrail.toml", {})


@pytest.mark.parametrize(("suffix", "content", "line"), UNREADABLE)
def test_what_cannot_be_read_says_where(
    tmp_path: Path, suffix: str, content: bytes, line: str
) -> None:
    file = tmp_path / f"server{suffix}"
    file.write_bytes(content)
    shown = [str(one).split("\n")[0] for one in read(file, {}).diagnostics]
    assert shown == [f"{file}:{line}"]


def test_a_missing_file_and_a_directory_say_so(tmp_path: Path) -> None:
    missing = tmp_path / "a.toml"
    assert lines(missing) == [
        f"{missing}:1:1 error[E104] there is no such file",
        "    hint: handrail new writes one.",
    ]
    folder = tmp_path / "b.toml"
    folder.mkdir()
    assert lines(folder) == [f"{folder}:1:1 error[E104] cannot be read: is a directory"]


def test_yaml_is_no_more_than_json_can_say(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(YAML_REFUSED)
    not_allowed = "is not allowed in a server file"
    assert lines(file) == [
        f"{file}:2:1 error[E111] a directive {not_allowed}",
        f"{file}:3:4 error[E111] an anchor {not_allowed}",
        f"{file}:4:4 error[E111] an alias {not_allowed}",
        f"{file}:5:4 error[E111] a tag {not_allowed}",
        f"{file}:6:1 error[E111] a merge key {not_allowed}",
        f"{file}:7:1 error[E111] a key that is not text {not_allowed}",
        "    hint: Put it in quotes.",
        f"{file}:8:1 error[E111] a second document {not_allowed}",
    ]


def test_yaml_reads_plain_words_as_yaml_1_2_does(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("config_version: 1\nserver: {name: no}\n")
    assert load(file, {}).server.name == "no"


def test_variables_are_replaced_where_the_machine_matters_only(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text(
        "config_version = 1\n"
        'workspace.root = "${ROOT}/${SUB:-src}"\n'
        'programs.git.path = "${EMPTY:-/usr/bin}/git"\n'
        'secrets.TOKEN.file = "${ROOT}/token"\n'
        'confinement.user = "${RUN_AS}"\n'
        'server.name = "${ROOT}"\n'
        "[[tool]]\n"
        'name = "t"\n'
        'description = "${ROOT}"\n'
        'program = "git"\n'
        'readable = ["/a", "${ROOT}/b"]\n'
        'writable = ["${EMPTY:-/c}"]\n'
        'executable = ["${ROOT}"]\n'
    )
    spec = load(file, {"ROOT": "/srv", "EMPTY": "", "RUN_AS": "1000"})
    assert spec.workspace.root == "/srv/src"
    assert spec.programs["git"].path == "/usr/bin/git"
    assert spec.secrets["TOKEN"].file == "/srv/token"
    assert spec.confinement.user == 1000
    assert spec.tools[0].readable == ("/a", "/srv/b")
    assert spec.tools[0].writable == ("/c",)
    assert spec.tools[0].executable == ("/srv",)
    assert (spec.server.name, spec.tools[0].description) == ("${ROOT}", "${ROOT}")


def test_variables_that_cannot_be_replaced_are_named(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text(
        "config_version = 1\n"
        'workspace.root = "${ROOT}"\n'
        'programs.git.path = "${A:-${B}}"\n'
        'secrets.TOKEN.file = "${BAD}"\n'
    )
    assert lines(file, {"ROOT": "", "BAD": "\udcff"}) == [
        f"{file}:2:18 error[E304] workspace.root: the environment variable ROOT is unset or empty",
        "    hint: Set it, or write ${ROOT:-default}.",
        f"{file}:3:21 error[E305] programs.git.path: write ${{NAME}} or ${{NAME:-default}}",
        f"{file}:4:22 error[E304] secrets.TOKEN.file: the environment variable BAD is not UTF-8",
    ]


@pytest.mark.parametrize(
    ("written", "user"),
    [
        ('"bob"', "bob"),
        ('"0"', 0),
        ("1000", 1000),
        ('""', None),
        ('"${NOBODY_SAID:-}"', None),
        ('"${NOBODY_SAID:-bob}"', "bob"),
    ],
)
def test_a_user_is_a_name_or_a_number_or_nobody_in_particular(
    tmp_path: Path, written: str, user: str | int | None
) -> None:
    file = tmp_path / "a.toml"
    file.write_text(f"config_version = 1\nconfinement.user = {written}\n")
    assert load(file, {}).confinement.user == user


def test_a_user_that_was_to_be_said_and_was_not_is_a_mistake(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text('config_version = 1\nconfinement.user = "${NOBODY_SAID}"\n')
    assert [one.code for one in read(file, {}).diagnostics] == ["E304"]


def test_load_raises_with_every_diagnostic(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text("config_version = 2\nsever = {}")
    with pytest.raises(SpecError) as wrong:
        load(file, {})
    assert [one.code for one in wrong.value.diagnostics] == ["E102", "E101"]


def test_the_nearest_file_upwards_is_found(tmp_path: Path) -> None:
    (tmp_path / "handrail.toml").touch()
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert find(tmp_path / "a" / "b") == tmp_path / "handrail.toml"
    (tmp_path / "a" / "handrail.toml").mkdir()
    assert find(tmp_path / "a") == tmp_path / "handrail.toml"


def test_no_file_upwards_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as wrong:
        find(tmp_path)
    assert wrong.value.message == f"no handrail.toml in {tmp_path} or above it"


def lines(file: Path, environ: dict[str, str] | None = None) -> list[str]:
    return [line for one in read(file, environ or {}).diagnostics for line in str(one).splitlines()]
