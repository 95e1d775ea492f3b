"""A server file is put where nothing is: whole, by one of many, or not at all."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from handrail.errors import UsageError
from handrail.scaffold.placing import place

AT_ONCE = 4
ROUNDS = 10


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_many_at_the_same_instant_one_writes_and_the_others_are_told(
    tmp_path: Path, _round: int
) -> None:
    folder = tmp_path / "new"
    start = threading.Barrier(AT_ONCE)

    def attempt(text: str) -> bool:
        start.wait(30)
        try:
            place(folder, text)
        except UsageError as refused:
            assert "is not overwritten" in refused.message
            return False
        return True

    texts = [f"# by {number}\n" for number in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        wrote = [text for text, done in zip(texts, pool.map(attempt, texts), strict=True) if done]

    assert [(folder / "handrail.toml").read_text()] == wrote
    assert {one.name for one in folder.rglob("*")} == {
        "handrail.toml",
        ".handrail",
        "schema.json",
        ".gitignore",
    }


def test_a_folder_that_leads_nowhere_is_said_to(tmp_path: Path) -> None:
    (tmp_path / "new").symlink_to(tmp_path / "gone")

    with pytest.raises(UsageError, match="cannot be written"):
        place(tmp_path / "new", "")

    assert not (tmp_path / "gone").exists()


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    state = tmp_path / ".handrail"
    state.write_text("a file of somebody's")

    with pytest.raises(UsageError):
        place(tmp_path, "")

    assert list(tmp_path.iterdir()) == [state]
