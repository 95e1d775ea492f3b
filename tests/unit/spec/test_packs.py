"""What comes of a server file with packs: which tools, in which order, told of where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.diagnostic import Finding, Insert
from handrail.lint.lint import lint
from handrail.plan.host import survey
from handrail.spec import packs, use
from handrail.spec.load import Reading, load, read
from handrail.spec.mend import mended
from handrail.spec.server import ServerSpec
from handrail.spec.tool import CommandSpec, Effect

TOOLBOX = """\
config_version = 1
[programs]
cat = { apt = "coreutils" }
touch = {}
[[tool]]
name = "show"
description = "Show a file."
program = "cat"
args = ["--", "{file}", ["-n{count}"]]
[tool.params]
file = { type = "path", required = true, description = "Which." }
count = { type = "integer", default = 5, min = 1, max = 9, description = "How many." }
[[tool.example]]
args = { file = "a" }
[[tool]]
name = "make"
description = "Make a file."
program = "touch"
args = ["--", "{file}"]
effect = "write"
params.file = { type = "path", required = true }
[[rule]]
tool = "make"
decision = "ask"
[[rule]]
tool = "show"
params = { file = "x" }
decision = "deny"
"""
SHED = """\
config_version = 1
use = ["toolbox"]
[programs]
env = {}
[[tool]]
name = "where"
description = "Show the environment."
program = "env"
readable = ["${PLACE:-/usr}"]
"""


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Packs of these tests alone, so that they do not depend on what real ones have."""
    folder = tmp_path / "packs"
    folder.mkdir()
    (folder / "toolbox.toml").write_text(TOOLBOX)
    (folder / "shed.toml").write_text(SHED)
    monkeypatch.setattr(use, "_FOLDER", folder)
    use.shipped.cache_clear()
    packs.pack.cache_clear()
    yield
    use.shipped.cache_clear()
    packs.pack.cache_clear()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "handrail.toml"


def reading(file: Path, text: str, **environ: str) -> Reading:
    file.write_text(f"config_version = 1\n{text}")
    return read(file, environ)


def spec(file: Path, text: str, **environ: str) -> ServerSpec:
    file.write_text(f"config_version = 1\n{text}")
    return load(file, environ)


def names(found: ServerSpec) -> list[str]:
    return [tool.name for tool in found.tools]


def command(found: ServerSpec, name: str) -> CommandSpec:
    (tool,) = (tool for tool in found.tools if tool.name == name)
    assert isinstance(tool, CommandSpec)
    return tool


def told(file: Path, text: str) -> list[str]:
    return [
        f"{one.place.line}:{one.place.column} {one.code} {one.message}"
        for one in reading(file, text).judge(lint)
    ]


OWN = """
[programs]
ls = {}
[[tool]]
name = "mine"
description = "Mine."
program = "ls"
"""


def test_tools_of_packs_come_after_the_authors_in_the_order_of_use(file: Path) -> None:
    assert names(spec(file, f'use = ["shed", "toolbox"]{OWN}')) == ["mine", "where", "show", "make"]


def test_a_part_has_the_tools_that_only_read_and_what_they_need(file: Path) -> None:
    found = spec(file, 'use = ["toolbox:read"]')

    assert [(tool.name, tool.effect) for tool in found.tools] == [("show", Effect.READ)]
    assert set(found.programs) == {"cat"}
    assert [rule.tool for rule in found.rules] == ["show"]


def test_a_tool_that_two_packs_have_comes_once_with_its_rules(file: Path) -> None:
    found = spec(file, 'use = ["toolbox:read", "shed"]')

    assert names(found) == ["show", "where", "make"]
    assert [rule.tool for rule in found.rules] == ["make", "show"]


def test_rules_of_packs_come_after_the_authors(file: Path) -> None:
    rule = '[[rule]]\ntool = "show"\ndecision = "ask"'
    found = spec(file, f'use = ["toolbox"]\n{rule}')

    assert [(one.tool, one.decision) for one in found.rules] == [
        ("show", "ask"),
        ("make", "ask"),
        ("show", "deny"),
    ]


def test_the_authors_program_stays_as_it_is(file: Path) -> None:
    found = spec(file, 'use = ["toolbox"]\nprograms.cat = { path = "/bin/cat" }')

    assert (found.programs["cat"].path, found.programs["cat"].apt) == ("/bin/cat", None)
    assert "touch" in found.programs


def test_keys_are_laid_over_a_tool_and_params_by_name(file: Path) -> None:
    text = '[[tool]]\nname = "show"\ntimeout = "9s"\nparams.count = { max = 7 }\n'
    show = command(spec(file, f'use = ["toolbox"]\n{text}'), "show")

    assert (show.timeout, show.description, show.program) == (9.0, "Show a file.", "cat")
    assert show.params["file"].required
    count = show.params["count"]
    assert (count.type, count.min, count.max, count.description) == ("integer", 1, 7, "How many.")


def test_a_param_with_a_type_keeps_nothing_of_the_packs(file: Path) -> None:
    text = '[[tool]]\nname = "show"\nparams.count = { type = "string" }\n'
    count = command(spec(file, f'use = ["toolbox"]\n{text}'), "show").params["count"]

    assert (count.type, count.min, count.default, count.description) == ("string", None, None, None)


def test_a_tool_that_says_what_it_runs_replaces_the_packs_whole(file: Path) -> None:
    text = '[[tool]]\nname = "show"\ndescription = "Mine."\nprogram = "touch"\n'
    found = spec(file, f'use = ["toolbox"]\n{text}')
    show = command(found, "show")

    assert (show.program, show.args, dict(show.params), show.examples) == ("touch", (), {}, ())
    assert "cat" not in found.programs


def test_an_overriding_tool_stands_in_the_place_of_the_packs(file: Path) -> None:
    over = '[[tool]]\nname = "make"\ntimeout = "9s"\n'

    assert names(spec(file, f'use = ["toolbox"]{OWN}{over}')) == ["mine", "show", "make"]


def test_a_pack_has_variables_only_where_its_own_text_has_them(file: Path) -> None:
    found = spec(file, 'use = ["shed"]', PLACE="/srv", cat="no")

    assert command(found, "where").readable == ("/srv",)


def test_which_tool_is_of_which_pack_is_known(file: Path) -> None:
    whole = '[[tool]]\nname = "make"\ndescription = "Mine."\nprogram = "ls"\n'
    laid = '[[tool]]\nname = "show"\ntimeout = "9s"\n'
    found = reading(file, f'use = ["shed"]{OWN}{whole}{laid}')

    assert found.spec is not None
    assert found.expansion.packs() == {"where": "shed", "show": "toolbox"}


MISTAKES = {
    'use = ["toolbx", "shed"]': [
        '2:8 E507 use[0]: there is no pack "toolbx"; did you mean "toolbox"?'
    ],
    'use = ["zzzz"]': ['2:8 E507 use[0]: there is no pack "zzzz"; there are shed, toolbox'],
    'use = ["shed:raed"]': [
        '2:8 E508 use[0]: pack "shed" has no part "raed"; write "shed:read" or "shed"'
    ],
    'use = ["shed:"]': ['2:8 E508 use[0]: pack "shed" has no part ""; write "shed:read" or "shed"'],
    'use = ["shed",\n "shed:read"]': ['3:2 E509 pack "shed" is used already, as "shed"'],
    "use = [3]": ["2:8 E102 use[0]: must be a string, not an integer"],
    'use = "shed"': ["2:7 E102 use: must be a list, not a string"],
    'uze = ["shed"]': [
        '2:1 E101 unknown key "uze"; did you mean "use"?',
    ],
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_in_use_is_told_where_it_is(file: Path, text: str) -> None:
    assert told(file, text) == MISTAKES[text]


def test_a_misspelt_pack_hides_no_other_mistake_and_makes_no_further_ones(file: Path) -> None:
    text = """
use = ["toolbx", "zzzz"]
[[tool]]
name = "show"
timout = "9s"
[[tool]]
name = "mine"
description = "Mine."
program = "cat"
args = ["{nothing}"]
[[tool]]
name = "other"
description = "Other."
program = "of-zzzz"
[[rule]]
tool = "tool_of_zzzz"
decision = "deny"
"""
    assert [one.split(" ")[:2] for one in told(file, text)] == [
        ["3:8", "E507"],
        ["3:18", "E507"],
        ["6:1", "E101"],
        ["11:9", "E204"],
    ]


def test_what_the_author_lays_over_a_tool_is_told_in_the_authors_text(file: Path) -> None:
    text = f"""{OWN}
[[tool]]
name = "show"
parse = "jc:nothing"
params.count = {{ max = 3 }}
params.more = {{}}
[[tool]]
name = "mine"
description = "Twice."
program = "ls"
"""
    assert told(file, f'use = ["toolbox"]{text}') == [
        '12:9 E132 parse: jc has no parser "nothing"',
        '13:16 E122 pack "toolbox", tool "show": params.count: the default must be at most 3',
        '14:8 E208 param "more" is never used',
        '16:8 E501 there is another tool "mine" above',
    ]


def test_two_tools_that_override_one_are_one_too_many(file: Path) -> None:
    over = '[[tool]]\nname = "show"\ntimeout = "9s"\n'

    assert told(file, f'use = ["toolbox"]\n{over}{over}') == [
        '7:8 E501 there is another tool "show" above'
    ]


def test_a_tool_that_no_used_pack_has_is_told_which_pack_it_may_mean(file: Path) -> None:
    over = '[[tool]]\nname = "make"\ndescription = "Mine."\n'
    (found,) = reading(file, f'use = ["toolbox:read"]\n{over}').diagnostics

    assert (found.code, found.place.line) == ("E113", 3)
    assert str(found.hint).startswith('To change the tool of a pack, add "toolbox" to use.')


def test_what_the_machine_lacks_is_told_at_use(file: Path) -> None:
    found = reading(file, 'use = [\n  "shed",\n]').judge(lambda s: survey(s, file, {"PATH": ""})[1])

    lacking = [one for one in found if one.code == "E411"]
    assert {f"{one.place.line}:{one.place.column} {one.message}" for one in lacking} == {
        '3:3 pack "shed": program "cat" is not on PATH',
        '3:3 pack "shed": program "touch" is not on PATH',
        '3:3 pack "shed": program "env" is not on PATH',
    }


def test_tools_of_a_pack_share_what_is_the_same(file: Path, tmp_path: Path) -> None:
    tools = "".join(
        f'[[tool]]\nname = "{name}"\ndescription = "d"\nprogram = "ls"\nparse = "jc:no"\n'
        for name in ("one", "two")
    )
    shed = tmp_path / "packs" / "shed.toml"
    shed.write_text(f"config_version = 1\n[programs]\nls = {{}}\n{tools}")

    assert told(file, 'use = ["shed"]') == [
        '2:8 E132 pack "shed", tools "one", "two": parse: jc has no parser "no"'
    ]


def test_what_is_corrected_is_the_authors_and_never_a_packs(file: Path) -> None:
    text = f'use = ["toolbox"]{OWN}args = ["-x"]\n[[tool]]\nname = "make"\nargs = ["--"]\n'
    lacking = reading(file, text)
    found = lacking.locate(
        Finding(("tool", number), "S401", "m", fix=Insert(("tool", number, "args"), 0, ("-s",)))
        for number in range(3)
    )
    fixes = [one.fix for one in found if one.fix is not None]

    after = mended(file.read_text(), fixes)
    assert after.replace('"-s", ', "") == file.read_text()
    assert [line for line in after.splitlines() if "-s" in line] == [
        'args = ["-s", "-x"]',
        'args = ["-s", "--"]',
    ]


@pytest.mark.parametrize("text", ['tool = "x"', "tool = [1]", 'programs = "x"', 'rule = "x"'])
def test_whatever_else_is_wrong_the_file_is_read(file: Path, text: str) -> None:
    codes = {one.split(" ")[1] for one in told(file, f'use = ["toolbox"]\n{text}')}

    assert codes == {"E102"}


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_other_languages_use_packs_too(file: Path, suffix: str) -> None:
    other = file.with_suffix(f".{suffix}")
    other.write_text(json.dumps({"config_version": 1, "use": ["shed", "sched"]}, indent=1))
    (found,) = read(other, {}).diagnostics

    assert (found.place.line, found.place.column, found.code) == (5, 3, "E507")
