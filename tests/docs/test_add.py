"""docs/add.md shows what the command prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from handrail.errors import UsageError
from handrail.scaffold.drafting import drafted
from tests.cli.terminal import handrail

PAGE = (Path(__file__).parents[2] / "docs" / "add.md").read_text()


def test_the_page_shows_what_the_command_shows(tmp_path: Path) -> None:
    (tmp_path / "handrail.toml").write_text("config_version = 1\n")
    shown = re.search(r'\$ handrail add "([^"]+)"\n(.*?)```', PAGE, re.DOTALL)
    assert shown is not None

    done = handrail("add", shown[1], "--dry-run", folder=tmp_path)

    assert done.err == shown[2]
    tool = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert tool is not None
    assert tool[1] in done.out


@pytest.mark.parametrize(
    ("command", "kept"),
    [
        ("kubectl get pods -o json", ["-o", "json"]),
        ("make test", ["test"]),
        ("jq .name a.json", [".name"]),
        ("curl -X POST https://a.example.com/", ["-X", "POST"]),
        ("git log --no-such x", ["--no-such", "x"]),
    ],
)
def test_what_stays_by_the_page_stays(command: str, kept: list[str]) -> None:
    args = drafted(command).tool["args"]

    assert all(word in args for word in kept)


def test_what_is_for_a_person_to_approve_by_the_page_is() -> None:
    assert drafted("docker build .").tool["effect"] == "destructive"
    with pytest.raises(UsageError):
        drafted("find . -exec rm {} +")
