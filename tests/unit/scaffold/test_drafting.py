"""An example command becomes a tool that runs exactly that, and lets its values vary."""

from __future__ import annotations

import json
import shlex
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from handrail.errors import UsageError
from handrail.lint.lint import lint
from handrail.lint.security import security
from handrail.plan.argv import expand
from handrail.plan.bind import bind
from handrail.profiles.catalogue import shipped
from handrail.profiles.profile import Level
from handrail.scaffold.draft import Draft
from handrail.scaffold.drafting import drafted
from handrail.scaffold.insert import inserted
from handrail.spec.document import parse
from handrail.spec.load import read_document
from handrail.spec.server import ServerSpec
from handrail.spec.source import Format, Source
from handrail.spec.tool import CommandSpec

COMMANDS = """
git log -n 20 --author=Ada src/
git log --oneline --since=2026-01-31 -- docs
git status --short
git diff HEAD~3 -- src
git show HEAD:README.md
git blame -L 10,20 README.md
git branch --all
git shortlog -sn HEAD
git grep -n TODO
git ls-files src
git add README.md
git commit -m "Fix it"
rg -i --glob '*.py' foo src
rg --json -C 3 pattern .
grep -rn TODO src
grep -c main README.md Makefile
grep -E '^a+b' words.txt
find . -name '*.py'
find src -type f -mtime -5
fd -e py test
ls
ls -la src
ls -lh --sort=size docs
tree -L 2 src
wc -l README.md
wc -w a.txt b.txt
head -n 5 README.md
tail -n 20 app.log
sort -r words.txt
sort -k 2 -n table.txt
uniq -c words.txt
cut -d , -f 1,3 table.csv
diff -u a.txt b.txt
cat README.md
file image.png
stat README.md
du -sh src
df -h
date +%F
sha256sum a.bin
cmp a.bin b.bin
jq .name package.json
jq -r '.items[].id' data.json
sed s/a/b/ x.txt
awk '{print $1}' table.txt
tr a-z A-Z
pytest -q tests
pytest -k "auth and not slow" tests/unit
ruff check src
mypy src
make test
make -j 4 all
npm run build
npm ls --depth=0
cargo test
cargo build --release
go test ./pkg
go vet ./pkg
kubectl get pods -n web -o json
kubectl describe pod web-1
kubectl logs web-1 --tail=50
docker ps -a
docker images
curl --silent https://api.example.com/items/5
curl -s -o out.html https://example.com/
psql -c 'select 1'
sqlite3 app.db '.tables'
ffmpeg -i in.mp4 out.webm
ffprobe -v quiet in.mp4
convert in.png out.jpg
tar -tzf a.tgz
tar -czf out.tgz src docs
zip -r out.zip src
unzip -l a.zip
gzip -k big.log
mkdir -p build/x
cp a.txt b.txt
mv a.txt b.txt
rm -rf build
touch new.txt
terraform plan
terraform fmt -check
helm list -n web
pip list
node --version
python3 --version
deploy --env=prod -n 3 now
./bin/report --days=7 out.csv
git -C lib log -5
git log --format='%H {x} ${HOME}'
git diff HEAD~1 src/main.py
git rev-parse --abbrev-ref HEAD
git push origin main
grep -e TODO -e FIXME -r src
find . -type f -newer a.txt
ls *.py
curl 'https://api.example.com/v1/items?limit=5'
curl -X POST -d '{"a": 1}' https://api.example.com/v1/items
docker build -t app:latest .
docker logs --tail 50 web
tar xzf a.tgz docs
rsync -a src dst
cp a.txt b.txt out
python3 run.py --year 2026 -v
python3 -m pytest -q
node build.js --mode production
go test ./... -run TestParse
redis-cli GET key
gh pr list --state open --limit 20
npx eslint src
ruff check --select E501 src
journalctl -u nginx -n 50
seq 1 10
seq 1 2 many
basename -a /a/b c
openssl x509 -in cert.pem -noout -text
LANG=C TZ='Europe/Berlin' sort words.txt
""".strip().splitlines()


def data_of(draft: Draft) -> dict[str, Any]:
    return {
        "config_version": 1,
        "programs": {name: dict(one) for name, one in draft.programs.items()},
        "tool": [dict(draft.tool)],
    }


def spec_of(draft: Draft) -> ServerSpec:
    return ServerSpec.model_validate_json(json.dumps(data_of(draft)))


def run_by(draft: Draft) -> list[str]:
    """The words that the draft's example runs the program with."""
    (tool,) = spec_of(draft).tools
    assert isinstance(tool, CommandSpec)
    given = {
        name: list(one) if isinstance(one, tuple) else one
        for example in tool.examples
        for name, one in example.args.items()
    }
    values = bind(tool, given, workspace=Path("/nowhere"), cwd=Path("/nowhere")).values
    return [tool.program, *expand(tool.args, values, tool.params)]


def plain(word: str) -> str:
    """A word without what marks it as a path: the planner puts `./` before them."""
    return str(PurePosixPath(word)) if "/" in word and "//" not in word else word


def added_by(level: Level) -> set[str]:
    """What may be added to turn off what the program would do by itself."""
    below = (added_by(one) for one in level.command.values())
    return {"--", *level.add, *level.add_read, *level.always}.union(*below)


def words_of(command: str) -> list[str]:
    """The words of a command, without variables that it sets."""
    given = shlex.split(command)
    words = given[next(n for n, word in enumerate(given) if "=" not in word) :]
    return [words[0].rpartition("/")[2], *map(plain, words[1:])]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_example_runs_the_very_words_of_the_command(command: str) -> None:
    words, ran = words_of(command), [*map(plain, run_by(drafted(command)))]
    profile = shipped(words[0])

    rest = iter(ran)
    missing = [word for word in words if word not in rest]  # in this order
    assert missing == [], ran
    added = [*ran]
    for word in words:
        added.remove(word)
    assert set(added) <= (added_by(profile) if profile is not None else {"--"})


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_with_the_tool_in_it_has_no_errors(command: str) -> None:
    draft = drafted(command)
    file = inserted('# Mine.\nconfig_version = 1\n\n[server]\nname = "x"\n', [draft])

    reading = read_document(
        Path("handrail.toml"), parse(Source(Path("handrail.toml"), Format.TOML, file)), {}
    )
    assert reading.spec is not None, reading.diagnostics
    found = reading.judge(lint, lambda spec: security(spec, Path()))
    assert [str(one) for one in found if one.is_error] == []
    assert file.startswith("# Mine.\n")


def param(command: str, name: str) -> Any:
    return drafted(command).tool["params"][name]


def test_values_become_params_of_their_types() -> None:
    tool = drafted("git log -n 20 --since=2026-01-31 --author=Ada --color=never src/").tool
    params = tool["params"]

    assert params["max_count"]["type"] == "integer"
    assert params["since"]["pattern"] == r"\d{4}-\d\d-\d\d"
    assert "pattern" in params["author"]
    assert params["color"]["choices"] == ["auto", "always", "never"]
    assert (params["paths"]["type"], params["paths"]["repeat"]) == ("path", True)
    assert tool["example"] == [
        {
            "args": {
                "max_count": 20,
                "since": "2026-01-31",
                "author": "Ada",
                "color": "never",
                "paths": ["src/"],
            }
        }
    ]


def test_an_option_is_left_out_when_its_value_is() -> None:
    assert ["--author={author}"] in drafted("git log --author=Ada").tool["args"]


def test_flags_stay_unless_they_are_to_vary() -> None:
    assert drafted("git log --stat").tool["args"] == ["log", "--stat"]
    varied = drafted("git log --stat", flags={"--stat"}).tool
    assert {"when": "stat", "args": ["--stat"]} in varied["args"]


def test_what_is_to_stay_is_no_param() -> None:
    tool = drafted("git log -n 20 --author=Ada", fixed={"author"}).tool

    assert "--author=Ada" in tool["args"]
    assert list(tool["params"]) == ["max_count"]


@pytest.mark.parametrize(
    ("command", "effect"),
    [("git log", None), ("mkdir x", "write"), ("rm -rf build", "destructive"), ("ls", None)],
)
def test_the_effect_is_the_programs(command: str, effect: str | None) -> None:
    assert drafted(command).tool.get("effect") == effect


def test_a_url_varies_on_its_host_only() -> None:
    tool = drafted("curl https://api.example.com/items/5").tool

    assert tool["network"] is True
    pattern = tool["params"]["urls"]["pattern"]
    assert pattern.startswith(r"https://api\.example\.com(/")
    assert "@" not in pattern


def test_what_decides_which_code_runs_does_not_vary() -> None:
    assert "params" not in drafted("make test").tool
    assert "params" not in drafted("npm run build").tool


@pytest.mark.parametrize(
    ("command", "effect"),
    [
        ("curl https://a.example.com/", None),
        ("curl -X POST https://a.example.com/", "write"),
        ("curl -d x=1 https://a.example.com/", "write"),
        ("curl --request DELETE https://a.example.com/x", "destructive"),
        ("find . -delete", "destructive"),
        ("docker build .", "destructive"),
        ("sed -i s/a/b/ x.txt", "write"),
    ],
)
def test_options_decide_the_effect(command: str, effect: str | None) -> None:
    tool = drafted(command).tool

    assert tool.get("effect") == effect
    assert not {"request", "option_x"} & set(tool.get("params", {}))


def test_what_the_profile_refuses_to_callers_is_said() -> None:
    assert any("Dockerfile" in note for note in drafted("docker build .").notes)


def test_commands_that_start_others_are_refused() -> None:
    with pytest.raises(UsageError, match="rm"):
        drafted("find . -name x -exec rm {} +")


@pytest.mark.parametrize(
    ("command", "parse"),
    [
        ("kubectl get pods -o json", "json"),
        ("docker ps --format json", "jsonl"),
        ("rg --json x", "jsonl"),
        ("kubectl get pods", None),
    ],
)
def test_a_form_that_is_asked_for_is_parsed_and_stays(command: str, parse: str | None) -> None:
    tool = drafted(command).tool

    assert tool.get("parse") == parse
    assert not {"output", "format"} & set(tool.get("params", {}))


def test_operands_of_several_kinds_are_params_of_their_own() -> None:
    params = drafted("git diff HEAD~1 src/main.py").tool["params"]

    assert list(params) == ["revision", "paths"]
    assert params["paths"]["type"] == "path"
    assert drafted("seq 1 many").tool["example"] == [{"args": {"texts": ["1", "many"]}}]


def test_what_begins_with_a_dash_stays_in_its_place() -> None:
    assert drafted("basename -- a -b c").tool["args"] == ["--", "{texts}", "-b", "{texts_2}"]


def test_params_keep_their_names_when_others_are_to_stay() -> None:
    command = "grep -e TODO -e FIXME x.txt"

    assert list(drafted(command).tool["params"]) == ["regexp", "regexp_2", "paths"]
    assert list(drafted(command, fixed={"regexp"}).tool["params"]) == ["regexp_2", "paths"]
    assert "paths" not in drafted("wc a b c", fixed={"paths"}).tool.get("params", {})


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("ls *.py", "Patterns"),
        ("rsync -a src/ dst", "rsync"),
        ("API_TOKEN=x git log", "[secrets]"),
        ("ruff check --select E501 src", "--select E501"),
        ("curl https://a.example.com/", "network"),
        ("git -c core.pager=less log", "start other programs"),
    ],
)
def test_what_needs_a_look_is_said(command: str, said: str) -> None:
    assert any(said in note for note in drafted(command).notes)


def test_variables_before_the_program_become_its_environment() -> None:
    assert drafted("A='${X} {y}' B=1 git log").tool["env"] == {"A": "${X} {y}", "B": "1"}


def test_an_unknown_program_is_said_to_be_one() -> None:
    draft = drafted("deploy --env=prod now")

    assert any("Nothing is known" in note for note in draft.notes)
    assert any("not installed" in note for note in draft.notes)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("cat a | wc", "pipe"),
        ("ls; rm -rf /", "more than one"),
        ("ls && ls", "more than one"),
        ("ls > out", "redirects"),
        ("echo $HOME", "variables"),
        ("echo $(id)", "variables or the output"),
        ("echo `id`", "output of a command"),
        ("echo 'x", "quote"),
        ("sh -c ls", "starts another program"),
        ("sudo ls", "starts another program"),
        ("ssh host ls", "starts another program"),
        ("env ls", "starts another program"),
        ("xargs rm", "starts another program"),
        ("ls\nrm x", "one line"),
        ("ls \x00", "one line"),
        ("ls \x1b[31m", "one line"),
        ("ls " + "x" * 5000, "at most"),
    ],
)
def test_what_is_more_than_a_plain_command_is_refused(command: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        drafted(command)

    assert said in refused.value.message


HOSTILE = [
    "a{b}c", "{{x}}", "a'b", 'a"b', '"""', "${HOME}", "$(id)", "\\", "#", "[[tool]]", "=",
    "é\u202e",
    "'; import os", "{author}", "%s", "]", "\u2028",
]  # fmt: skip


@pytest.mark.parametrize("word", HOSTILE)
def test_any_word_arrives_as_it_was_typed(word: str) -> None:
    if not word.isprintable():
        with pytest.raises(UsageError):
            drafted(f"echo {shlex.quote(word)}")
        return
    for command in (f"echo {shlex.quote(word)}", f"git log --author={shlex.quote(word)}"):
        draft = drafted(command)
        assert word in " ".join(run_by(draft))
        again = read_document(
            Path("x.toml"),
            parse(Source(Path("x.toml"), Format.TOML, inserted("config_version = 1\n", [draft]))),
            {},
        )
        assert again.spec == spec_of(draft)


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("git log -n 20", "git_log"),
        ("make test", "make_test"),
        ("make -j lint test", "make_lint_test"),
        ("npm run build", "npm_run_build"),
        ("jq .name package.json", "jq_name"),
        ("cat README.md", "cat"),
        (f"awk '{{print ${'1' * 40}}}' words.txt", "awk"),
    ],
)
def test_a_tool_is_called_by_what_it_does(command: str, name: str) -> None:
    assert drafted(command).name == name
