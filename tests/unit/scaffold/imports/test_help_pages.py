"""Help pages in the layouts of many generators become the same kind of draft."""

from __future__ import annotations

import pytest

from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.help_page import read_page
from handrail.scaffold.imports.help_roles import Known
from tests.unit.scaffold.imports.drafting import of_page, params

ARGPARSE = """\
usage: prog [-h] [-n COUNT] [--kind {fast,slow}] [--ratio FLOAT] [-v]
            source [source ...]

Counts the lines of sources.

positional arguments:
  source                where to read

options:
  -h, --help            show this help message and exit
  -n COUNT, --number COUNT
                        how many lines to take
  --kind {fast,slow}    which way
  --ratio FLOAT         how much of them
  -v, --verbose         say more
"""

CLICK = """\
Usage: prog [OPTIONS] SOURCE...

  Counts the lines of sources.

Options:
  -n, --number INTEGER    How many lines to take.
  --kind [fast|slow]      Which way.
  --ratio FLOAT           How much of them.
  -v, --verbose           Say more.
  --help                  Show this message and exit.
"""

CLAP = """\
Counts the lines of sources

Usage: prog [OPTIONS] <SOURCE>...

Arguments:
  <SOURCE>...
          Where to read

Options:
  -n, --number <COUNT>
          How many lines to take

          [default: 3]

      --kind <KIND>
          Which way

          Possible values:
          - fast: Quickly
          - slow: Slowly

      --ratio <FLOAT>
          How much of them

  -v, --verbose...
          Say more

  -h, --help
          Print help
"""

COBRA = """\
Counts the lines of sources.

Usage:
  prog [flags] SOURCE...

Flags:
  -h, --help            help for prog
      --kind string     which way, one of: fast, slow
  -n, --number int      how many lines to take
      --ratio float     how much of them
  -v, --verbose         say more
"""

GNU = """\
Usage: prog [OPTION]... SOURCE...
Counts the lines of sources.

  -n, --number=NUM        how many lines to take
      --kind={fast,slow}  which way
      --ratio=FLOAT       how much of them
  -v, --verbose           say more
      --help     display this help and exit
"""

GO = """\
Usage: prog [flags] SOURCE...
  -kind string
    \twhich way (one of: fast, slow)
  -number int
    \thow many lines to take (default 3)
  -ratio float
    \thow much of them
  -verbose
    \tsay more
"""

DOCOPT = """\
Counts the lines of sources.

Usage:
  prog [options] <source>...

Options:
  -n COUNT --number=COUNT  How many lines to take [default: 3].
  --kind=<kind>            Which way (choices: fast, slow).
  --ratio=FLOAT            How much of them.
  -v --verbose             Say more.
"""

BOXES = """\

 Usage: prog [OPTIONS] SOURCE...

 Counts the lines of sources.

╭─ Options ─────────────────────────────────────────────────────────────╮
│ --number   -n      INTEGER      How many lines to take. [default: 3]   │
│ --kind             [fast|slow]  Which way.                            │
│ --ratio            FLOAT        How much of them.                     │
│ --verbose  -v                   Say more.                             │
│ --help                          Show this message and exit.           │
╰───────────────────────────────────────────────────────────────────────╯
"""

PAGES = {
    "argparse": ARGPARSE,
    "boxes": BOXES,
    "clap": CLAP,
    "click": CLICK,
    "cobra": COBRA,
    "docopt": DOCOPT,
    "gnu": GNU,
    "go": GO,
}


@pytest.mark.parametrize("generator", PAGES)
def test_every_layout_says_the_same(generator: str) -> None:
    found = params(of_page(PAGES[generator]))

    source = found.pop("source")
    assert {key: source[key] for key in ("required", "repeat")} == {
        "required": True,
        "repeat": True,
    }
    number = found.pop("number")
    assert number["type"] == "integer"
    assert {name: dict(one) for name, one in found.items() if name != "verbose"} == {
        "kind": {"choices": ["fast", "slow"]},
        "ratio": {"type": "number"},
    }
    assert found["verbose"] == {"type": "boolean"}


@pytest.mark.parametrize(
    ("generator", "args"),
    [
        ("argparse", ["--number", "{number}"]),
        ("clap", ["--number", "{number}"]),
        ("docopt", ["--number={number}"]),
        ("gnu", ["--number={number}"]),
        ("go", ["-number", "{number}"]),
    ],
)
def test_values_are_given_as_the_page_writes_them(generator: str, args: list[str]) -> None:
    assert args in of_page(PAGES[generator]).tool["args"]


@pytest.mark.parametrize("generator", ["argparse", "boxes", "click", "clap", "cobra", "gnu"])
def test_the_program_is_described_in_its_own_words(generator: str) -> None:
    assert of_page(PAGES[generator]).tool["description"] == "Counts the lines of sources."


def test_what_options_mean_is_told_in_a_line() -> None:
    told = of_page(CLAP).tool["params"]["kind"]["description"]
    assert told == "Which way."


def of_options(*lines: str) -> Draft:
    return of_page("\n".join(["Usage: prog [options]", "", "Options:", *lines]))


def test_types_follow_from_what_the_page_calls_a_value() -> None:
    found = params(
        of_options(
            "  --list <FILE>      where from",
            "  --depth N          how deep",
            "  --name NAME        whose",
            "  --share RATIO      how much",
            "  --tag TAG          may be given multiple times",
        )
    )
    assert found == {
        "list": {"type": "path"},
        "depth": {"type": "integer"},
        "name": {},
        "share": {"type": "number"},
        "tag": {"repeat": True},
    }


def test_a_value_that_may_be_left_out_is_attached() -> None:
    assert ["--sort={sort}"] in of_options("  --sort[=HOW]   in this order").tool["args"]


def test_a_tool_stays_small_and_the_rest_is_named() -> None:
    lines = [f"  --odd-{number}          a switch" for number in range(40)]
    draft = of_options(*lines, "  --since <WHEN>     from then on", "  --debug    too much")

    assert len(draft.tool["params"]) == 12
    assert next(iter(draft.tool["params"])) == "since"
    (note,) = [one for one in draft.notes if "small" in one]
    assert "--odd-39" in note
    assert "--debug" in note


def test_what_runs_writes_or_leads_elsewhere_is_left_out_by_name() -> None:
    draft = of_options(
        "  --exec CMD            run it",
        "  --output FILE         write there",
        "  --config-file FILE    read settings",
        "  --server URL          ask there",
        "  --level N             how much",
    )
    assert list(draft.tool["params"]) == ["level"]
    notes = " ".join(draft.notes)
    assert "run code or other programs: --exec, --config-file" in notes
    assert "write or remove: --output" in notes
    assert "lead outside the workspace: --server" in notes
    assert 'no profile of "prog"' in notes


def test_several_options_in_one_line_are_not_one() -> None:
    found = params(of_options("      -amin N -anewer FILE -cmin N", "      -empty"))
    assert found == {"amin": {"type": "integer"}, "empty": {"type": "boolean"}}


def test_an_option_with_two_values_is_left_out() -> None:
    assert "arg" not in params(of_options("  --arg a v    set a to v", "  --tab    use tabs"))


def test_names_that_python_keeps_and_names_that_meet_are_changed() -> None:
    page = "Usage: prog [options] FILE\n\nOptions:\n  --from WHO   whom\n  --file FILE   more\n"
    assert list(params(of_page(page))) == ["file_2", "from_", "file"]


def test_subcommands_are_found_under_their_heading() -> None:
    page = "Usage: prog [OPTIONS] COMMAND\n\nOptions:\n  -v   more\n\nCommands:\n"
    found = read_page(page + "  add, a    Add one.\n  remove    Remove one.\n\nSee more.\n")
    assert found.commands == {"add": "Add one.", "remove": "Remove one."}


def test_subcommands_of_argparse_are_found() -> None:
    page = "usage: prog [-h] {add,drop} ...\n\npositional arguments:\n  {add,drop}\n"
    found = read_page(page + "    add       Add one.\n    drop      Drop one.\n")
    assert found.commands == {"add": "Add one.", "drop": "Drop one."}


@pytest.mark.parametrize(
    "page",
    [
        "",
        "\0\x1b[31m\x1b[0m\x07" * 1000,
        "-" * 100_000,
        "  --a" + "[" * 50_000,
        "Usage: " + "[" * 50_000,
        "Usage: prog " + "[-a " * 20_000,
        "  -" + "a, -" * 30_000,
        "usage:\n" * 50_000,
        "  --x" + " <" * 50_000 + "\n" + " " * 100_000,
        "│" * 100_000,
        "  --a    possible values: " + "x, " * 100_000,
        "\n".join(f"  --o{number}  x" for number in range(30_000)),
    ],
    ids=range(12),
)
def test_a_hostile_page_is_read_within_bounds(page: str) -> None:
    found = read_page(page)
    assert len(found.options) <= 20_000


def test_a_page_cannot_put_anything_into_a_file_but_text() -> None:
    nasty = 'x """ {y} ${HOME} \\ \' __import__("os") \x1b[2J\u202e https://evil.example/a'
    draft = of_page(f"Usage: prog [options] <a{{b}}>\n\n{nasty} and so on\n\n  --say W   {nasty}\n")

    told = [draft.tool["description"], draft.tool["params"]["say"]["description"]]
    for text in told:
        assert text.isprintable()
        assert "evil" not in text
        assert "${HOME}" in text
    assert Known(None).effect == draft.tool["effect"]
