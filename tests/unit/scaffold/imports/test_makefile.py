"""Targets of a Makefile become tools, and nothing of the Makefile is run to find them."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.errors import SpecError, UsageError
from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.sources import imported
from tests.cli.terminal import handrail
from tests.running import hand_over
from tests.unit.scaffold.imports.drafting import errors, server_file

MAKEFILE = """\
# All of it.
SHELL := /bin/sh
NAMES = a b
OPEN := $(shell touch ran)
.PHONY: test lint clean \\
        release

test: build/all.o  ## run the tests
\techo tested: not a target
lint:
\truff check .
## remove what was built
clean distclean::
\trm -rf build
release: test ; ./release
build/all.o: all.c
\tcc -c all.c
%.html: %.md
\tpandoc $<
$(NAMES):
\techo $@
define TEXT
inside: this
endef
unlisted:
"""


def drafts(folder: Path, text: str, *only: str) -> tuple[Draft, ...]:
    (folder / "Makefile").write_text(text)
    return imported("make", str(folder), only)


def test_each_target_for_people_becomes_a_tool(tmp_path: Path) -> None:
    found = {draft.name: draft for draft in drafts(tmp_path, MAKEFILE)}

    assert list(found) == ["make_test", "make_lint", "make_clean", "make_release"]
    test = found["make_test"]
    assert test.tool["args"] == ["test"]
    assert test.tool["description"] == 'Run the tests. Runs the make target "test".'
    assert test.tool["effect"] == "write"
    assert test.tool["acknowledge"] == ["executes-workspace-code"]
    assert found["make_clean"].tool["effect"] == "destructive"
    assert found["make_clean"].tool["description"].startswith("Remove what was built.")
    assert not (tmp_path / "ran").exists()
    assert any("2 lines" in note for note in test.notes)


def test_check_accepts_them(tmp_path: Path) -> None:
    assert errors(tmp_path, drafts(tmp_path, MAKEFILE)) == []


def test_a_tool_from_a_makefile_runs_its_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub" / "Makefile").write_text("test:\n\t@echo made $@ > out; cat out\n")
    server_file(tmp_path, imported("make", "sub", []))
    hand_over(tmp_path, tmp_path / "sub")

    done = handrail("call", "make_test", "--file", "handrail.json", folder=tmp_path)
    assert "made test" in done.out, done.err
    assert (tmp_path / "sub" / "out").exists()


def test_many_targets_become_one_tool_with_choices(tmp_path: Path) -> None:
    lines = "\n".join(f"job-{number}:  ## do {number}" for number in range(12))
    whole, clean = drafts(tmp_path, f"{lines}\nclean:\n\trm -rf x\n")

    assert whole.name == "make"
    assert whole.tool["args"] == ["{target}"]
    target = whole.tool["params"]["target"]
    assert target["choices"] == [f"job-{number}" for number in range(12)]
    assert "job-3: do 3" in target["description"]
    assert (clean.name, clean.tool["effect"]) == ("make_clean", "destructive")
    assert errors(tmp_path, [whole, clean]) == []


def test_only_what_is_wanted_is_taken(tmp_path: Path) -> None:
    assert [one.name for one in drafts(tmp_path, MAKEFILE, "lint")] == ["make_lint"]
    with pytest.raises(UsageError, match='no target "lnit"; did you mean "lint"'):
        drafts(tmp_path, MAKEFILE, "lnit")


def test_a_file_of_another_name_is_named(tmp_path: Path) -> None:
    (tmp_path / "ci.mk").write_text("all:\n")
    (draft,) = imported("make", str(tmp_path / "ci.mk"), [])
    assert draft.tool["args"] == ["--file", "ci.mk", "all"]
    assert any(str(tmp_path) in note for note in draft.notes)


@pytest.mark.parametrize(
    "text",
    [
        "all" * 100_000 + ":",
        "a:" * 100_000,
        "\\\n" * 200_000,
        "define x\n" * 50_000 + "ok:\n",
        "\n".join(f"t{number}:" for number in range(50_000)),
        'a{b}: ## """ {x} ${HOME} \x1b[2J\nok: ## """ {x} ${HOME} \x1b[2J import os\n',
        "-rf: ## a\n--eval=x: ## b\nok:\n",
        "X=$(shell id): y\nok:\n",
        "ok:\n\0\0\0",
    ],
    ids=range(9),
)
def test_a_hostile_makefile_gives_right_tools_or_none(tmp_path: Path, text: str) -> None:
    try:
        found = drafts(tmp_path, text)
    except UsageError:
        return
    assert errors(tmp_path, found) == []
    for draft in found:
        assert str(draft.tool["description"]).isprintable()
        assert not any(str(word).startswith("-") for word in draft.tool["args"])


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\xff:\n", "not UTF-8"), (b"a:\n" * 400_000, "larger than"), (None, "no such file")],
)
def test_a_file_that_cannot_be_read_is_located(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    file = tmp_path / "some.mk"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SpecError) as refused:
        imported("make", str(file), [])
    (one,) = refused.value.diagnostics
    assert one.file == file
    assert message in one.message


def test_without_a_makefile_the_place_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no GNUmakefile or makefile or Makefile in"):
        imported("make", str(tmp_path), [])
