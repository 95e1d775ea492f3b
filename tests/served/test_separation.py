"""Callers who have a tree each come to nothing of each other's. In this process."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

import pytest

from handrail.call import Line
from handrail.errors import CallError, NotFound
from handrail.opening import open_line
from handrail.plan.host import survey
from handrail.plan.own_tree import tree_name
from handrail.policy.caller import LOCAL, Caller
from handrail.process.outcome import Outcome
from handrail.record.logbook import Logbook
from handrail.request import Call
from handrail.spec.load import load
from tests.running import Sleeps, eventually, hand_over

FILE = """
config_version = 1
use = ["files"]
[workspace]
root = "trees"
per_caller = true
[programs]
cat = {}
cp = {}
find = {}
ln = {}
ls = {}
mv = {}
sh = {}
tee = {}
[[tool]]
name = "run"
description = "Run a program."
programs = ["cat", "cp", "find", "ln", "ls", "mv", "tee"]
effect = "write"
[[tool]]
name = "sh"
description = "Run a script."
program = "sh"
args = ["-c", "{script}", "sh", "{theirs}", "{trees}"]
effect = "write"
acknowledge = ["executes-callers-code"]
params.script = { required = true, multiline = true }
params.theirs = { default = "" }
params.trees = { default = "" }
[[tool]]
name = "commit"
description = "Write to the repository, too."
program = "sh"
args = ["-c", "cat .git/secret; echo 'bob was here' | tee .git/secret .git/new; ls -A .git/"]
effect = "write"
writable = ["trees", "trees/.git"]
[[tool]]
name = "delete_file"
approval = "never"
[confinement]
require = "landlock"
"""
CANARY = "what only ann may see"
ANN, BOB = Caller("ann"), Caller("bob")


@dataclass(frozen=True, slots=True)
class House:
    """A line, and the folder with the trees of its callers."""

    line: Line
    trees: Path

    def tree(self, who: Caller) -> Path:
        """Where a caller works."""
        return self.trees / tree_name(who.name)

    async def call(self, who: Caller, tool: str, **arguments: object) -> tuple[Call, Outcome]:
        """One call of `who`."""
        spec = next(one for one in self.line.spec.tools if one.name == tool)
        call = Call(spec, arguments, caller=who)
        return call, await self.line.call(call)

    async def tells(self, who: Caller, tool: str, **arguments: object) -> str:
        """All that a caller gets to see of a call: its output, or why there is none."""
        try:
            _, outcome = await self.call(who, tool, **arguments)
        except CallError as error:
            return f"{error.code}: {error.message} {error.hint}"
        streams = (outcome.stdout, outcome.stderr)
        told = b"".join(one.read(0, one.size) for one in streams).decode(errors="replace")
        return f"{told} {outcome.value}"

    def snapshot(self, who: Caller) -> dict[str, tuple[bytes, int]]:
        """Everything in a caller's tree, by its path there."""
        tree = self.tree(who)
        return {
            str(path.relative_to(tree)): (path.read_bytes() if S_ISREG(mode) else b"", mode)
            for path in sorted(tree.rglob("*"))
            for mode in [path.lstat().st_mode]
        }


@pytest.fixture(params=["landlock", "namespaces"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """Ann has a secret in her tree, and bob an empty tree, next to hers."""
    file, trees = tmp_path / "handrail.toml", tmp_path / "trees"
    file.write_text(f'{FILE}use = "{request.param}"\n')
    tmp_path.parent.chmod(0o755)
    tmp_path.chmod(0o755)
    trees.mkdir()
    hand_over(trees)
    spec = load(file, {})
    host, findings = survey(spec, file, {"PATH": "/usr/bin:/bin"})
    assert host is not None, findings
    async with open_line(spec, host, Logbook()) as line:
        house = House(line, trees)
        await house.tells(ANN, "write_file", path="secret", content=CANARY)
        await house.tells(ANN, "write_file", path="sub/secret", content=CANARY)
        assert CANARY in await house.tells(ANN, "sh", script="cat secret")
        yield house


async def test_each_has_a_tree_and_no_other(house: House) -> None:
    for who in (BOB, LOCAL, Caller("Bob"), Caller("böb/../ann"), Caller("x" * 10_000)):
        told = await house.tells(who, "sh", script="pwd; ls -A; echo mine > mine; cat mine")
        assert told.split()[:2] == [str(house.tree(who)), "mine"], told
        assert (house.tree(who) / "mine").read_text() == "mine\n"

    assert len(list(house.trees.iterdir())) == 6
    assert {path.stat().st_mode & 0o777 for path in house.trees.iterdir()} == {0o700}
    assert "mine" not in await house.tells(ANN, "run", argv=["ls"])


def paths(house: House) -> Iterator[str]:
    """Every form in which bob could name ann's secret."""
    ann, own = house.tree(ANN), house.tree(BOB)
    yield str(ann / "secret")
    yield f"../{ann.name}/secret"
    yield f"{own}/../{ann.name}/secret"
    yield f"folder/../../{ann.name}/secret"
    yield f"/proc/self/cwd/../{ann.name}/secret"
    yield f"/proc/self/root{ann}/secret"
    yield "link"
    yield "relative"
    yield "up/secret"
    yield "through"


LINKS = """
mkdir -p folder; ln -s "$1/secret" link; ln -s "../$(basename "$1")/secret" relative
ln -s "$1" up; ln -s link through
"""


async def test_no_form_of_a_path_leads_to_anothers_tree(house: House) -> None:
    ann, before = house.tree(ANN), house.snapshot(ANN)
    await house.tells(BOB, "sh", script=LINKS, theirs=str(ann))
    await house.tells(BOB, "write_file", path="own", content="bob's")
    tries: list[tuple[str, dict[str, object]]] = []
    for path in paths(house):
        folder = path.removesuffix("/secret")
        tries += [
            ("read_file", {"path": path}),
            ("run", {"argv": ["cat", path]}),
            ("run", {"argv": ["cp", path, "taken"]}),
            ("run", {"argv": ["ln", path, "hard"]}),
            ("run", {"argv": ["tee", path], "stdin": "bob was here"}),
            ("run", {"argv": ["mv", "own", folder]}),
            ("run", {"argv": ["find", folder]}),
            ("run", {"argv": ["ls"], "cwd": folder}),
            ("copy_file", {"path": path, "to": "copied"}),
            ("move_file", {"path": path, "to": "moved"}),
            ("write_file", {"path": path, "content": "bob was here"}),
            ("list_files", {"path": folder}),
            ("delete_file", {"path": path}),
        ]
    told = [await house.tells(BOB, tool, **given) for tool, given in tries]

    assert [one for one in told if CANARY in one or "sub" in one] == []
    assert [one for one in told if one.startswith("argument_invalid")] == []
    assert house.snapshot(ANN) == before
    assert not any(CANARY.encode() in content for content, _ in house.snapshot(BOB).values())


SCRIPTS = [
    'cat "$1/secret"',
    'cat "../${1##*/}/secret"',
    'cd .. && ls; ls "$2"; ls ..; ls "$1"; echo "$2"/*/*',
    'ln -s "$1" l; cat l/secret; ln "$1/secret" h; cat h; ls l/',
    'cp -r "$1" taken; mv "$1" moved; cat taken/* moved/*',
    'echo "bob was here" > "$1/secret"; echo x > "$1/new"; mkdir "$1/d"; rm -rf "$1"/* "$2"/*',
    'cat /proc/[0-9]*/cwd/secret; cat /proc/[0-9]*/root"$1"/secret; cat /proc/[0-9]*/fd/9',
    "cat /proc/[0-9]*/environ; ls -l /proc/[0-9]*/cwd /proc/[0-9]*/fd",
    'rm -rf "$HOME" "$2"; mv "$PWD" "$2/elsewhere"; ln -s "$1" "$2/x"; mkdir "$2/y"',
]


@pytest.mark.parametrize("script", SCRIPTS)
async def test_no_command_comes_to_anothers_tree(house: House, script: str) -> None:
    ann, before = house.tree(ANN), house.snapshot(ANN)
    sleeps = Sleeps()
    held = f"exec 9<secret; export X='{CANARY}'; exec {sleeps.command}"
    meanwhile = asyncio.ensure_future(house.call(ANN, "sh", script=held))
    await eventually(lambda: len(sleeps.alive()) == 1)
    told = await house.tells(
        BOB, "sh", script=f"{script} | head -c 100000", theirs=str(ann), trees=str(house.trees)
    )
    assert CANARY not in told
    assert not re.search(r"^sub$", told, re.MULTILINE)
    assert house.snapshot(ANN) == before
    assert sorted(path.name for path in house.trees.iterdir()) == sorted(
        [ann.name, house.tree(BOB).name]
    )
    sleeps.clean_up()
    await meanwhile


async def test_a_link_in_the_place_of_a_repository_opens_nothing(house: House) -> None:
    ann, before = house.tree(ANN), house.snapshot(ANN)
    await house.tells(BOB, "sh", script='ln -s "$1" .git', theirs=str(ann))
    told = await house.tells(BOB, "commit")

    assert CANARY not in told
    assert house.snapshot(ANN) == before
    own = await house.tells(ANN, "sh", script="mkdir .git") + await house.tells(ANN, "commit")
    assert "new" in own


async def test_nothing_that_a_command_leaves_is_met_by_anothers(house: House) -> None:
    places = "$TMPDIR /tmp /dev/shm /var/tmp"
    left = f"for at in {places}; do echo '{CANARY}' > $at/handrail-left; done"
    await house.tells(ANN, "sh", script=left)
    look = f"for at in {places}; do ls -A $at; cat $at/handrail-left; done"
    assert not re.search(
        f"{CANARY}|^handrail-left$", await house.tells(BOB, "sh", script=look), re.M
    )


async def test_what_was_written_is_read_on_by_its_caller_alone(house: House) -> None:
    call, _ = await house.call(ANN, "run", argv=["cat", "secret"])
    with pytest.raises(NotFound) as others:
        await house.call(BOB, "run", argv=["cat"], stdin_from=call.id)
    with pytest.raises(NotFound) as nobodys:
        await house.call(BOB, "run", argv=["cat"], stdin_from="f" * 20)

    assert str(others.value) == str(nobodys.value)
    assert others.value.hint == nobodys.value.hint
    assert CANARY in await house.tells(ANN, "run", argv=["cat"], stdin_from=call.id)


async def test_what_is_in_the_trash_is_its_callers(house: House) -> None:
    await house.tells(ANN, "delete_file", path="secret")
    assert "secret" in await house.tells(ANN, "restore_file")
    assert "secret" not in await house.tells(BOB, "restore_file")


async def test_a_link_in_the_place_of_a_tree_is_not_followed(house: House) -> None:
    eve = Caller("eve")
    house.tree(eve).symlink_to(house.tree(ANN))

    assert (await house.tells(eve, "run", argv=["cat", "secret"])).startswith("internal: ")
