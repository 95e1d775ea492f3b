"""The packs that come with Handrail: right by themselves, alone and in part."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.lint.lint import lint
from handrail.lint.security import security
from handrail.spec.load import Reading, load, read
from handrail.spec.packs import pack
from handrail.spec.tool import Effect
from handrail.spec.use import entries, shipped

_KEYS = {"config_version", "use", "programs", "tool", "rule"}
"""What a pack gives to the files that use it; anything else in it would mean nothing."""


def findings(reading: Reading) -> list[str]:
    assert reading.spec is not None, reading.diagnostics
    found = [*reading.judge(lint), *reading.locate(security(reading.spec, reading.file.parent))]
    return [str(one) for one in found if one.silenced is None]


@pytest.mark.parametrize("name", shipped())
def test_a_pack_is_a_server_file_without_a_fault(name: str) -> None:
    assert findings(read(shipped()[name], {})) == []


@pytest.mark.parametrize("entry", entries())
def test_a_file_that_uses_a_pack_has_no_fault_by_it(tmp_path: Path, entry: str) -> None:
    file = tmp_path / "handrail.toml"
    file.write_text(f'config_version = 1\nuse = ["{entry}"]\n')

    assert findings(read(file, {})) == []


def test_what_a_pack_has_an_answer_to_may_be_done_away_with(tmp_path: Path) -> None:
    """The pack lets `delete_file` go without approval and says why; the author need not."""
    file = tmp_path / "handrail.toml"
    over = '[[tool]]\nname = "delete_file"\napproval = "always"\n'
    file.write_text(f'config_version = 1\nuse = ["files"]\n{over}')

    assert findings(read(file, {})) == []


def test_all_packs_go_together(tmp_path: Path) -> None:
    file = tmp_path / "handrail.toml"
    file.write_text(f"config_version = 1\nuse = {[*shipped()]}\n")
    names = [tool.name for tool in load(file, {}).tools]

    assert findings(read(file, {})) == []
    assert sorted(names) == sorted(
        {one.spec.name for name in shipped() for one in pack(name).tools}
    )


@pytest.mark.parametrize("name", shipped())
def test_every_tool_has_an_example(name: str) -> None:
    for one in pack(name).tools:
        assert one.spec.examples, one.spec.name


@pytest.mark.parametrize("name", shipped())
def test_the_part_that_reads_has_tools_and_nothing_but_such_as_read(
    tmp_path: Path, name: str
) -> None:
    file = tmp_path / "handrail.toml"
    file.write_text(f'config_version = 1\nuse = ["{name}:read"]\n')

    assert {tool.effect for tool in load(file, {}).tools} == {Effect.READ}


@pytest.mark.parametrize("name", shipped())
def test_a_pack_has_only_what_it_gives_and_allows_nothing(name: str) -> None:
    one = pack(name)

    assert one.expansion.written.keys() <= _KEYS
    assert {rule.decision for rule in one.spec.rules} <= {"ask", "deny"}
