"""`handrail audit`: what was done is shown, and whatever was done to the record is found."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handrail.record.audit.begin import read_key
from handrail.record.audit.head import Head
from handrail.record.audit.place import Place
from handrail.record.audit.reading import lines as read_lines
from handrail.record.audit.reading import snapshot
from handrail.record.audit.verify import verify as look_through
from tests.cli.terminal import Printed, handrail
from tests.served.auditing import FILE, lines, verify
from tests.served.site import Site

CALLS = 4
Tamper = Callable[[Path], None]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """An audit of four calls: of two that read, one that writes, and one that was refused."""
    site = Site.build(tmp_path_factory.mktemp("site"), FILE)
    for words in (["say", "text=one"], ["change", "name=file"], ["say"], ["say", "text=two"]):
        handrail("call", *words, folder=site.folder)
    return site


@pytest.fixture
def copy(kept: Site, tmp_path: Path) -> Site:
    """A copy of it, to be tampered with."""
    shutil.copytree(kept.folder, tmp_path / "copy", symlinks=True)
    return Site(tmp_path / "copy")


def show(site: Site, *arguments: str) -> Printed:
    return handrail("audit", "show", *arguments, folder=site.folder, TZ="UTC")


def test_every_call_is_one_record_and_an_effect_is_recorded_before_it_begins(kept: Site) -> None:
    kinds = [(line["kind"], line["tool"]) for line in lines(kept)]
    assert kinds == [
        ("end", "say"),
        ("begin", "change"),
        ("end", "change"),
        ("end", "say"),
        ("end", "say"),
    ]
    first, _, change, refused, _ = lines(kept)
    assert first["plan"]["argv"][1:] == ["one"]
    assert first["stdout"] == {
        "bytes": 4,
        "sha256": "2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806",
    }
    assert (change["effect"], change["ending"]) == ("write", {"kind": "exited", "code": 0})
    assert change["verdict"]["decision"] == "allow"
    assert change["tier"] in ("namespaces", "landlock")
    assert refused["error"]["code"] == "argument_invalid"
    assert {line["caller"] for line in lines(kept)} == {"local"}


def test_calls_are_shown_one_on_a_line(kept: Site) -> None:
    shown = show(kept).out.splitlines()
    assert len(shown) == CALLS
    form = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  local +say +exited 0 +\d+\.\d\ds  echo one"
    assert re.fullmatch(form, shown[0])
    assert "argument_invalid" in shown[2]


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--tool", "s*"], 3),
        (["--tool", "change", "--caller", "local"], 1),
        (["--caller", "nobody"], 0),
        (["--ended", "argument_invalid"], 1),
        (["--ended", "exited"], 3),
        (["--decision", "allow"], 3),
        (["--last", "2"], 2),
        (["--since", "1h"], 4),
        (["--until", "2020-01-01"], 0),
    ],
)
def test_what_is_wanted_is_shown(kept: Site, options: list[str], count: int) -> None:
    printed = show(kept, *options, "--json")
    assert [json.loads(line)["kind"] for line in printed.out.splitlines()] == ["end"] * count


def test_no_time_is_told(kept: Site) -> None:
    assert show(kept, "--since", "yesterday").code == 2


def test_a_whole_audit_is_whole(kept: Site) -> None:
    assert verify(kept) == Printed(0, "5 records, seq 1 to 5, whole\n", "")


def changed(place: Path, change: Callable[[list[bytes]], None]) -> None:
    written = place.read_bytes().splitlines(keepends=True)
    change(written)
    place.write_bytes(b"".join(written))


def fields(site: Site) -> Iterator[tuple[int, bytes, bytes]]:
    """Every value of every line, and another one of the same form."""
    for at, line in enumerate((site.state / "audit.jsonl").read_bytes().splitlines()):
        for found in re.finditer(rb'(?<=:)("[^"]+"|\d[\d.]*)', line):
            value = found[0]
            last = value.rstrip(b'"')[-1:]
            other = b"1" if last == b"0" else b"0"
            where = found.start() + len(value.rstrip(b'"')) - 1
            yield at, line, line[:where] + other + line[where + 1 :]


def test_every_changed_value_is_found_with_its_number(copy: Site) -> None:
    file = copy.state / "audit.jsonl"
    before = file.read_bytes()
    changes = list(fields(copy))
    assert len(changes) > 80
    # One by the command, all by what the command stands on: that is faster.
    place = Place.of(file)
    key = read_key(place.key)
    for at, line, other in changes:
        file.write_bytes(before.replace(line, other))
        with snapshot(place) as (raw, parts):
            report = look_through(read_lines(parts), key, Head.decode(raw, key))
        assert not report.is_whole, other
        assert any(f"seq {at + 1}" in str(one) for one in report.findings), report.findings
    printed = verify(copy)
    assert printed.code == 1
    assert printed.out.startswith("changed: ")


def remove(at: int) -> Tamper:
    def change(written: list[bytes]) -> None:
        del written[at]

    return lambda state: changed(state / "audit.jsonl", change)


def swap(state: Path) -> None:
    def change(written: list[bytes]) -> None:
        written[1], written[2] = written[2], written[1]

    changed(state / "audit.jsonl", change)


def cut_within_a_line(state: Path) -> None:
    file = state / "audit.jsonl"
    file.write_bytes(file.read_bytes()[:-30])


def repeat(state: Path) -> None:
    changed(state / "audit.jsonl", lambda written: written.append(written[1]))


def invent(state: Path) -> None:
    changed(state / "audit.jsonl", lambda written: written.append(b'{"seq":6,"kind":"end"}\n'))


def empty(state: Path) -> None:
    (state / "audit.jsonl").write_bytes(b"")


def other_key(state: Path) -> None:
    (state / "audit.jsonl.key").write_text("ab" * 32 + "\n")


def without(name: str) -> Tamper:
    return lambda state: (state / name).unlink()


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        *[(remove(at), f"removed: before audit.jsonl:{at + 1}, seq {at + 1}") for at in range(4)],
        (remove(4), "truncated: the end, seq 5"),
        (swap, "reordered"),
        (cut_within_a_line, "seq 5"),
        (repeat, "duplicated: audit.jsonl:6, seq 2"),
        (invent, "audit.jsonl:6"),
        (empty, "truncated: the end, seq 1 to 5"),
        (other_key, "cannot be verified"),
        (without("audit.jsonl.head"), "cannot be verified"),
        (without("audit.jsonl.key"), "cannot be verified"),
    ],
)
def test_tampering_is_found_and_named(copy: Site, tamper: Tamper, told: str) -> None:
    tamper(copy.state)
    printed = verify(copy)
    assert printed.code == 1
    assert told in printed.out + printed.err


def test_a_copy_elsewhere_can_be_verified(kept: Site, tmp_path: Path) -> None:
    for name in ("", ".key", ".head"):
        shutil.copy(kept.state / f"audit.jsonl{name}", tmp_path / f"old{name}")
    place = ["--audit-file", str(tmp_path / "old")]
    assert verify(kept, *place).code == 0
    lent = ["--key", str(kept.state / "audit.jsonl.key")]
    (tmp_path / "old.key").unlink()
    assert verify(kept, *place).code == 1
    assert verify(kept, *place, *lent).code == 0


def test_without_an_audit_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "handrail.toml").write_text("config_version = 1\n")
    printed = handrail("audit", "verify", folder=tmp_path)
    assert (printed.code, printed.err.splitlines()[1]) == (2, "hint: Add the table [audit] to it.")
