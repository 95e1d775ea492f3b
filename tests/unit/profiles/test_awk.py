"""An awk program runs only when no awk would do more with it than read its input and print."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.profiles.awk import refusal

AWKS = [name for name in ("mawk", "gawk", "original-awk") if shutil.which(name)]

HARMLESS = [
    "",
    "1",
    "{print $1}",
    "NR>1 && $2 ~ /a|b/",
    "$3>100{print $1}",
    '$3 > 100 { print ($1 > 5 ? "much" : "little") }',
    "!seen[$0]++",
    'BEGIN {FS="|"; OFS=">"} {print $2, $3}',
    '{print $1 "|" $2 " > " $3}',
    "{n = split($0, part, /[,;|]/); print n / 2, part[1] / 3}",
    "{ total += $2 / 1024 } END { print total / NR / 2 }",
    '/\\/usr\\/bin/ {print "in /usr"}',
    "/\\[[^]]*\\]/ {print}",
    "/^[[:space:]]*#/ {next} {print} # a comment | with > signs",
    "{ a /= 2; b = a /2/ 3 } a > b",
    "function max(a, b) { return a > b ? a : b } { print max($1, $2) }",
    "{ if ($1 > 3 && /x/)\n    print\n  else\n    print $2 }",
    "{ print $1,\n  $2 }\n$3 > 4",
    "BEGIN { while ((getline line) > 0) n++; print n }",
    "/a/ { getline; print } /b/ { getline x; print x }",
    'BEGIN { PROCINFO["sorted_in"] = "@ind_str_asc" } { n[$1]++ } END { for (k in n) print k }',
    '{ printf("%s: system(x) > y | z\\n", $1) }',
    '{ x = "\\"" ; y = "\\\\" } x > y',
    "BEGIN { x = 1 \\\n + 2; print x }",
    "/system/ && !/getline/",
]
HARMFUL = [
    'BEGIN{system("true")}',
    'BEGIN { system ( "true" ) }',
    'BEGIN{print "x" | "sh"}',
    'BEGIN{print "x" |& "sh"}',
    'BEGIN{"id" | getline}',
    'BEGIN{while (("id" | getline x) > 0) n++}',
    'BEGIN{getline < "f"}',
    'BEGIN{getline x < "f"}',
    'BEGIN{getline x[1] < "f"}',
    'BEGIN{getline $1 < "f"}',
    "BEGIN{while (getline x <f > 0) n++}",
    '{print > "f"}',
    '{print(1)(2) > "f"}',
    '{print (1 > 2) > "f"}',
    '{print 1,\n\n2 > "f"}',
    '{print x[1 > "f"]}',
    '{printf "%s", 1 >> "f"}',
    "{print > 5 ? 1 : 0}",
    "BEGIN{if (1) print 2 > f; else x > y}",
    'BEGIN{ARGV[1] = "f"}',
    'function f(a) { a[1] = "f" } BEGIN{f(ARGV)}',
    'BEGIN{SYMTAB["ARGV"][1] = "f"}',
    'BEGIN{f = "system"; @f("true")}',
    '@include "f"',
    '@load "filefuncs"',
    '@namespace "a"\nBEGIN{system("true")}',
    'BEGIN{awk::system("true")}',
    'BEGIN{PROCINFO["f", "pty"] = 1}',
    'BEGIN{extension("f.so", "f")}',
]
DOUBTFUL = [
    'BEGIN { if (x) /"/ ; y = 1 #"/\n}',
    "BEGIN { x++ / 2 / 3 }",
    "{ print length / 2 / 3 }",
    "/[/]x/",
    "/]/",
    '{ print "a\nb" }',
    "/a\nb/",
    "{ print 1x }",
    "{ print (1\n) }",
    "{ print 1) }",
    "# a comment \\\n{ print }",
    "{ print 'x' }",
    "{ print \r }",
    "{ print \udc80 }",
    '{ print "a }',
    "{ print /a }",
    "{ é = 1 }",
]


@pytest.mark.parametrize("program", HARMLESS)
def test_what_only_reads_and_prints_may_run(program: str) -> None:
    assert refusal(program) is None


@pytest.mark.parametrize("program", HARMFUL)
def test_what_runs_opens_or_loads_may_not(program: str) -> None:
    assert refusal(program) is not None


@pytest.mark.parametrize("program", DOUBTFUL)
def test_what_awks_may_read_differently_may_not(program: str) -> None:
    assert refusal(program) is not None


def test_a_long_program_is_read_in_a_moment() -> None:
    before = time.monotonic()
    assert refusal("/[^]a[:x:]" * 20_000) is not None
    assert refusal("{ x = $1 / 2 }\n" * 20_000) is None
    assert time.monotonic() - before < 20  # a pattern that backtracks would take for ever


FORBIDDEN = [
    'system("touch f")',
    'print>"f"',
    'print 1,\n2>"f"',
    'print a[1>"f"]',
    'printf "x">>"f"',
    'print|"touch f"',
    'print|&"touch f"',
    '"touch f"|getline',
    'getline x<"f"',
]
AROUND = [
    "BEGIN{%s}",
    "{x=%s;y=2}",
    "{x=a/%s/2}",
    "{x=(a)/%s/1}",
    "{x=a[1]/%s/2}",
    "BEGIN{if(a)%s}",
    "BEGIN{while(a)%s}",
    "BEGIN{x=length/%s/1}",
    "{a++/%s/1}",
    "/%s/",
    "!/%s/{y=1}",
    "/a/ /%s/",
    "/[%s]/",
    '{print "%s"}',
    '{y="\\\\"%s"}',
    "{print /%s/ ? 1 : 2}",
    "{print a /%s/ b}",
    "# %s\n{y=1}",
    "%s",
    'BEGIN{if(a)/"/;%s;y="/"}',
    'BEGIN{if(!a)/"/;%s;#"/\n}',
    "{x=a/1;%s;y=a/2}",
    '{x=$1/"1";%s;y="2"/3}',
    '/[/"]/{y=1}{%s}/["/]/',
    '/x[/]"/{%s} #"/',
]
_WORDS = r"""
" / [ ] ^ # ; { } ( ) a 1 ! , ~ $ ? : = \ \" \/ \\ [/] [^] [] ]/[ [[:alpha:]] /x/ "s" a/1 /= && x++
length if(a) while(a) print return else in getline
"""
BITS = st.sampled_from(["\n", "\\\n", " ", *_WORDS.split()])
SOUP = st.lists(BITS, max_size=4).map("".join)


@given(st.sampled_from(AROUND), SOUP, st.sampled_from(FORBIDDEN), SOUP, SOUP)
@settings(deadline=None, max_examples=400)
def test_nothing_forbidden_hides_from_us_and_not_from_a_real_awk(
    around: str, before: str, forbidden: str, after: str, end: str
) -> None:
    program = around % (before + forbidden + after) + end
    if refusal(program) is not None:
        return
    assert AWKS
    for awk in AWKS:
        assert left_by(awk, "--", program)[1] == [], awk
    if "gawk" in AWKS:
        assert b"sandbox mode" not in left_by("gawk", "--sandbox", "--", program)[0]


def left_by(*argv: str) -> tuple[bytes, list[Path]]:
    """What a command complains of, and the files that it makes."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                argv,
                cwd=folder,
                input=b"a b\n",
                capture_output=True,
                timeout=5,
                check=False,
            )
        except subprocess.TimeoutExpired:  # a loop that never ends is no harm
            return b"", []
        return done.stderr, list(Path(folder).iterdir())
