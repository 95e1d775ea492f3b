"""What projects, packages and modules may be called."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.errors import UsageError
from handrail.scaffold.eject.names import module_names, package_name, project_name


@pytest.mark.parametrize(
    ("said", "name", "package"),
    [
        ("devtools", "devtools", "devtools"),
        ("My Tools!", "my-tools", "my_tools"),
        ("a__b  c", "a-b-c", "a_b_c"),
        ("Büro", "b-ro", "b_ro"),
    ],
)
def test_a_name_becomes_one_that_packages_have(said: str, name: str, package: str) -> None:
    assert project_name(said) == name
    assert package_name(name) == package


@pytest.mark.parametrize(
    "said",
    ["", "!!!", "日本語", "class", "None", "match", "os", "json", "handrail", "fastmcp", "pytest",
     "tests", "benchmarks", "3d-tools", "import", "../x/..", "mcp"],
)  # fmt: skip
def test_a_name_that_python_cannot_use_is_refused_with_a_way_out(said: str) -> None:
    if said in ("None", "../x/.."):  # harmless in small letters
        assert project_name(said) in ("none", "x")
        return
    with pytest.raises(UsageError) as refused:
        project_name(said)

    assert "--name" in str(refused.value.hint)


@given(st.lists(st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,8}", fullmatch=True), unique=True))
def test_every_tool_has_a_module_of_its_own(tools: list[str]) -> None:
    names = module_names(tools)

    assert len(set(names)) == len(tools)
    assert all(name.isidentifier() and not keyword.iskeyword(name) for name in names)
