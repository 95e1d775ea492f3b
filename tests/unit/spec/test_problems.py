"""Whole files, whole answers: one line per mistake, in our words, with no value of a secret."""

from pathlib import Path

import pytest

from handrail.lint.lint import lint
from handrail.spec.load import read

SHAPE = """\
config_version = 1
foo = 1
[tasks]
keys = "x"
[workspace]
rot = "."
per_caller = true
[limits]
timeout = 3
memory = "1 MB"
[secrets]
K = "hunter2"
L = { evn = "X" }
[[resource]]
tool = "x"
[[tool]]
name = "1x"
description = "d"
program = "git"
timout = "30s"
args = ["{", 3, ["--x={y}", { when = 1, args = ["x"], b = 1 }], { each = "p", argz = [] },
  { foo = 1 }, { whn = "p", args = [] }, { when = "p", each = "q", args = [] }, { when = "p" }]
env = { A = 1, B = { secret = 2 }, C = { secrets = "x" } }
ok_exit = [300]
effect = "reed"
[tool.params]
p = { type = "integr", default = {}, choices = [], min = "1", pattern = "(" }
"1 q" = { default = [1, {}], max = true }
d = 2020-01-01
z = { default = nan }
m = { max_length = 2000000, pattern = "a{99999999999999999999}" }
[[tool]]
name = "y"
description = ""
[[tool]]
name = "z"
sql = "select"
concurrency = 0
[[tool.example]]
args = { a = {} }
expect = { endng = "exited", ending = 3 }
"""

NOT_SERVED = "is part of the format but this version of handrail does not serve it yet"
NAME_RULE = "letters, digits and `_`, no digit first, at most 64 in all"
ANSWER = f"""\
2:1 error[E101] unknown key "foo"
3:2 error[E110] "[tasks]" {NOT_SERVED}; refusing to ignore it
6:1 error[E101] unknown key "rot" in [workspace]; did you mean "root"?
9:11 error[E102] limits.timeout: not a duration; write a number and a unit, like "30s", "10m" or "1h30m"
10:10 error[E102] limits.memory: not a size; write a number and a unit, like "64KiB" or "512MiB"
12:5 error[E102] secrets.K: must be a table, not a string
    hint: Write K = {{ env = "K" }} or {{ file = "/run/secrets/…" }}.
13:7 error[E101] unknown key "evn" in [secrets.L]; did you mean "env"?
14:3 error[E110] "[[resource]]" {NOT_SERVED}; refusing to ignore it
17:8 error[E505] name: not a tool name: a letter, then letters, digits, `_` and `-`, at most 64 in all
19:11 error[E503] program "git" is not in [programs]
    hint: Add git = {{}} to [programs].
20:1 error[E101] unknown key "timout" in tool "1x"; did you mean "timeout"?
21:9 error[E201] args[0]: stray `{{` at character 1; write {{param}} for a place, or double the brace for a literal one
21:14 error[E102] args[1]: must be a string, a list, or a table with when, unless or each, not an integer
    hint: Put it in quotes: an argument is text, like "3".
21:38 error[E102] args[2][1].when: must be a string, not an integer
21:55 error[E101] unknown key "b" in args[2][1] of tool "1x"
21:79 error[E101] unknown key "argz" in args[3] of tool "1x"; did you mean "args"?
22:3 error[E102] args[4]: a table of args has when, unless or each
22:18 error[E101] unknown key "whn" in args[5] of tool "1x"; did you mean "when"?
22:56 error[E101] unknown key "each" in args[6] of tool "1x"
    hint: Nest them: args may hold further tables.
22:81 error[E103] missing key "args" in args[7] of tool "1x"
23:13 error[E102] env.A: must be a string, not an integer
23:31 error[E102] env.B.secret: must be a string, not an integer
23:40 error[E301] env.C refers to secret "x", which is not declared
    hint: Declare it in [secrets].
23:42 error[E101] unknown key "secrets" in env.C of tool "1x"; did you mean "secret"?
24:12 error[E102] ok_exit[0]: must be at most 255
25:10 error[E102] effect: "reed" is not one of read, write, destructive
    hint: Did you mean "read"?
27:14 error[E102] params.p.type: "integr" is not one of string, integer, number, boolean, path
    hint: Did you mean "integer"?
27:34 error[E102] params.p.default: must be true or false, a number or a string, not a table
27:48 error[E102] params.p.choices: must not be empty
27:58 error[E102] params.p.min: must be a number, not a string
27:73 error[E102] params.p.pattern: not a regular expression: missing ), unterminated subpattern at position 0
28:1 error[E505] params."1 q": not a param name: {NAME_RULE}
28:25 error[E102] params."1 q".default[1]: must be true or false, a number or a string, not a table
28:36 error[E102] params."1 q".max: must be a number, not a boolean
29:5 error[E102] params.d: a date or time has no meaning here
    hint: Put it in quotes.
30:17 error[E102] params.z.default: must be a finite number
31:20 error[E102] params.m.max_length: must be at most 1048576
31:39 error[E102] params.m.pattern: not a regular expression: the repetition number is too large
32:1 error[E113] tool "y" does not say what it runs
    hint: Add program = "NAME", with NAME an entry of [programs]; or files = "read".
34:15 error[E102] description: must not be empty
35:1 error[E103] missing key "description" in tool "z"
37:1 error[E110] "sql" of a tool {NOT_SERVED}; refusing to ignore it
38:15 error[E102] concurrency: must be at least 1
40:14 error[E102] example[0].args.a: must be true or false, a number or a string, not a table
41:12 error[E101] unknown key "endng" in example[0].expect of tool "z"; did you mean "ending"?
41:39 error[E102] example[0].expect.ending: must be one of exited, signalled, timed_out, output_exceeded, not an integer
"""  # noqa: E501  # lines of output, whole


def test_every_mistake_of_shape_is_one_line(tmp_path: Path) -> None:
    assert answer(tmp_path, SHAPE) == ANSWER


RULES = """\
config_version = 1
[[rule]]
desision = "deny"
argv = ["git", 3, { regx = "a" }, { regex = "(a+)+" }, { regex = "(" }, {}, [], { regex = "a", glob = "b" }]
[[rule]]
decision = "dney"
argv = "git push"
match = ["git push"]
params = { "1 x" = 3, y = {}, z = { glob = 3 }, zz = [{}] }
reason = ""
caller = 3
role = [4]
[[rule]]
argv = []
tool = 3
has = [["a", 1]]
not_match = [[]]
[[tool]]
name = "1x"
"""  # noqa: E501  # a line of many mistakes
OF_RULES = f"""\
3:1 error[E101] unknown key "desision" in rule number 1; did you mean "decision"?
4:16 error[E102] argv[1]: must be a string, not an integer
4:21 error[E101] unknown key "regx" in argv[2] of rule number 1; did you mean "regex"?
4:45 error[E706] argv[3].regex: some texts would take too long to match: inside a repeat, the same text can be matched in several ways
4:66 error[E102] argv[4].regex: not a regular expression: missing ), unterminated subpattern at position 0
4:73 error[E102] argv[5]: write {{ regex = … }} or {{ glob = … }}
4:77 error[E102] argv[6]: must not be empty
4:81 error[E102] argv[7]: write {{ regex = … }} or {{ glob = … }}
6:12 error[E102] decision: "dney" is not one of allow, ask, deny
    hint: Did you mean "deny"?
7:8 error[E102] argv: must be a list, not a string
    hint: One element for each word, like ["git", "push"].
8:10 error[E102] match[0]: must be a list, not a string
    hint: One element for each word, like ["git", "push"].
9:12 error[E505] params."1 x": not a param name: {NAME_RULE}
9:27 error[E102] params.y: write {{ regex = … }} or {{ glob = … }}
9:44 error[E102] params.z.glob: must be a string, not an integer
9:55 error[E102] params.zz[0]: must be true or false, a number or a string, not a table
10:10 error[E102] reason: must not be empty
11:10 error[E102] caller: must be a string, not an integer
12:9 error[E102] role[0]: must be a string, not an integer
13:1 error[E103] missing key "decision" in rule number 3
14:8 error[E102] argv: must not be empty
15:8 error[E102] tool: must be a string, not an integer
16:14 error[E102] has[0][1]: must be a string, not an integer
17:14 error[E102] not_match[0]: must not be empty
18:1 error[E103] missing key "description" in tool "1x"
18:1 error[E113] tool "1x" does not say what it runs
    hint: Add program = "NAME", with NAME an entry of [programs]; or files = "read".
19:8 error[E505] name: not a tool name: a letter, then letters, digits, `_` and `-`, at most 64 in all
"""  # noqa: E501  # lines of output, whole


def test_every_mistake_in_a_rule_is_one_line(tmp_path: Path) -> None:
    assert answer(tmp_path, RULES) == OF_RULES


def test_mistakes_of_shape_do_not_hide_mistakes_of_meaning(tmp_path: Path) -> None:
    text = """\
config_version = 1
progams = { git = {}, hg = {} }
secrets.TOKEN = "hunter2"
[[tool]]
name = "log"
description = "The history."
program = "gti"
timeout = 3
args = ["log", "{athor}", 7]
env = { TOKEN = { secret = "TOKEN" } }
parms = { author = { required = true } }
[[tool]]
name = "log"
description = "Again."
program = "git"
args = ["{since}", { when = "all", args = ["--all", "{count}"] }]
params = { since = { type = "date" }, all = { type = "boolen" } }
"""
    assert answer(tmp_path, text) == (
        '2:1 error[E101] unknown key "progams"; did you mean "programs"?\n'
        "3:17 error[E102] secrets.TOKEN: must be a table, not a string\n"
        '    hint: Write TOKEN = { env = "TOKEN" } or { file = "/run/secrets/…" }.\n'
        '7:11 error[E503] program "gti" is not in [programs]\n'
        '    hint: Did you mean "git"? Or add gti = {} to [programs].\n'
        "8:11 error[E102] timeout: not a duration; "
        'write a number and a unit, like "30s", "10m" or "1h30m"\n'
        '9:16 error[E204] args uses {athor}; tool "log" has params author\n'
        '    hint: Did you mean "author"?\n'
        "9:27 error[E102] args[2]: must be a string, a list, or a table with when, unless or each, "
        "not an integer\n"
        '    hint: Put it in quotes: an argument is text, like "3".\n'
        '11:1 error[E101] unknown key "parms" in tool "log"; did you mean "params"?\n'
        '13:8 error[E501] there is another tool "log" above\n'
        '16:53 error[E204] args uses {count}; tool "log" has params all, since\n'
        "    hint: Declare it in [tool.params].\n"
        '17:29 error[E102] params.since.type: "date" is not one of '
        "string, integer, number, boolean, path\n"
        '17:54 error[E102] params.all.type: "boolen" is not one of '
        "string, integer, number, boolean, path\n"
        '    hint: Did you mean "boolean"?\n'
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = 1", '1:1 error[E103] missing key "config_version"'),
        (
            "config_version = 2",
            "1:18 error[E102] config_version: this handrail reads version 1 only",
        ),
        (
            "config_version = true",
            "1:18 error[E102] config_version: this handrail reads version 1 only",
        ),
        ("config_version = 1\ntool = 3", "2:8 error[E102] tool: must be a list, not an integer"),
        ("config_version = 1\n[tool]", "2:1 error[E102] tool: must be a list, not a table"),
        (
            "config_version = 1\ntool = [3]",
            "2:9 error[E102] tool[0]: must be a table, not an integer",
        ),
        (
            "config_version = 1\nconfinement.user = -1",
            "2:20 error[E102] confinement.user: "
            "a user's number is at least 0 and at most 4294967294",
        ),
        (
            "config_version = 1\nconfinement.user = true",
            "2:20 error[E102] confinement.user: must be a string or an integer, not a boolean",
        ),
        (
            'config_version = 1\nworkspace.root = "a\\u0000"',
            "2:18 error[E505] workspace.root: not a path: it is empty, or holds a NUL character",
        ),
        *(
            (
                f'config_version = 1\ntelemetry.ops = "{address}"',
                "2:17 error[E505] telemetry.ops: not HOST:PORT",
            )
            for address in ("127.0.0.1:65536", "127.0.0.1:100000", "127.0.0.1", ":9464", "::1:9464")
        ),
        ("config_version = 1\nserver = []", "2:10 error[E102] server: must be a table, not a list"),
        (
            "config_version = 1\nprograms.'a/b' = {}",
            '2:10 error[E505] programs."a/b": not a program',
        ),
        (
            'config_version = 1\nserver."a\\u001b[3m\\n" = 1',
            '2:8 error[E101] unknown key "a\\x1b[3m\\n"',
        ),
        ("config_version = 1\nx = " + "[" * 40 + "]" * 40, "2:37 error[E102] nested too deeply"),
    ],
)
def test_other_mistakes(tmp_path: Path, text: str, line: str) -> None:
    assert line in answer(tmp_path, text)


def test_broken_text_is_refused_and_never_printed(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"config_version": 1,\n"\\ud800": 1,\n"server": {"name": "\\udfff"}}')
    assert [str(one).removeprefix(f"{file}:") for one in read(file, {}).diagnostics] == [
        "2:1 error[E102] a key must be valid Unicode, without lone surrogates",
        "3:20 error[E102] server.name: must be valid Unicode, without lone surrogates",
    ]


@pytest.mark.parametrize("address", ["127.0.0.1:0", "localhost:65535", "[::1]:9464"])
def test_addresses(tmp_path: Path, address: str) -> None:
    said = answer(tmp_path, f'config_version = 1\ntelemetry.ops = "{address}"')
    assert "telemetry" not in said


def answer(folder: Path, text: str) -> str:
    file = folder / "handrail.toml"
    file.write_text(text)
    diagnostics = read(file, {}).judge(lint)
    return "".join(f"{one}\n" for one in diagnostics).replace(f"{file}:", "")
