"""An ejected project in a new environment: its two commands, and what is in it."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.ejected.ejecting import ROOT, eject, run
from tests.ejected.installing import install

FILES = sorted((ROOT / "examples").glob("*/handrail.toml"))
EVIL = '"""\'\'\'{{ x }}{% raw %}${HOME}`|<script>#\\n\'; import os; os.system("touch pwned") #'


@pytest.mark.timeout(300)
def test_a_project_passes_its_own_tests(tmp_path: Path) -> None:
    """By a fast installer; the nightly set does all by pip, as users do."""
    project = tmp_path / "project"
    eject(ROOT / "examples" / "container" / "handrail.toml", project, "--name", "own", "--vendor")
    install(project)

    shown, tested = run(project, "make", "demo"), run(project, "make", "test")

    assert shown.returncode == 0, shown.stderr
    assert re.search(r"^\d+ tools:$", shown.stdout, re.MULTILINE)
    assert tested.returncode == 0, tested.stdout[-3000:] + tested.stderr[-1000:]
    assert re.search(r"\d+ passed", tested.stdout)
    assert "Success: no issues found" in tested.stdout


@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.parent.name))
def test_every_example_installs_by_pip_and_passes(tmp_path: Path, file: Path) -> None:
    project = tmp_path / "project"
    eject(file, project, "--name", "own", "--vendor", "--with", "kubernetes")

    for command in ("demo", "test"):
        done = run(project, "make", command, f"PYTHON={sys.executable}")
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose file has a text in every place that takes any text."""
    folder = tmp_path_factory.mktemp("evil")
    text = json.dumps(EVIL)
    (folder / "handrail.toml").write_text(
        f"""
config_version = 1
[server]
name = {text}
instructions = {text}
[programs]
echo = {{ apt = "coreutils" }}
[auth]
keys = ".handrail/keys.json"
[[rule]]
tool = {text}
decision = "deny"
reason = {text}
[[tool]]
name = "class"
description = {text}
program = "echo"
args = ["{{text}}", {json.dumps(EVIL.replace("{", "{{").replace("}", "}}"))}]
exit_messages = {{ 1 = {text} }}
[tool.params.text]
description = {text}
default = {text}
[[tool.example]]
args = {{ text = {text} }}
"""
    )
    eject(folder / "handrail.toml", folder / "p", "--name", "evil", "--with", "kubernetes")
    return folder / "p"


def test_no_text_of_a_server_file_is_code(evil: Path) -> None:
    for file in evil.rglob("*.py"):
        called = [one for one in ast.walk(ast.parse(file.read_text())) if isinstance(one, ast.Call)]
        assert not any(ast.unparse(one.func) == "os.system" for one in called), file
    spec = "import evil.server; print(evil.server.PROJECT.read().spec is not None)"
    done = run(evil, sys.executable, "-c", spec, PYTHONPATH="src")
    assert done.stdout == "True\n", done.stderr
    assert not list(evil.rglob("pwned"))


def test_no_text_of_a_server_file_is_markup_or_configuration(evil: Path) -> None:
    assert tomllib.loads((evil / "pyproject.toml").read_text())["project"]["name"] == "evil"
    compose = YAML(typ="safe").load(evil / "compose.yaml")
    assert list(compose["services"]) == ["server"]
    assert len(list(YAML(typ="safe").load_all(evil / "deploy" / "k8s.yaml"))) == 2
    tools = re.sub(r"(?ms)^```.*?^```", "", (evil / "docs" / "TOOLS.md").read_text())
    assert re.search(r"(?<!\\)<script", tools) is None
    make = subprocess.run(["make", "-n", "demo"], cwd=evil, capture_output=True, check=True)
    assert b"pwned" not in make.stdout


def test_a_tool_that_is_a_word_of_python_has_a_module_all_the_same(evil: Path) -> None:
    assert (evil / "src" / "evil" / "tools" / "class_.py").is_file()


def test_the_runtime_comes_along_as_a_wheel(tmp_path: Path) -> None:
    file = ROOT / "examples" / "container" / "handrail.toml"
    eject(file, tmp_path / "p", "--name", "own", "--vendor")

    (wheel,) = (tmp_path / "p" / "vendor").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "handrail/call.py" in names
    assert any(name.endswith("dist-info/RECORD") for name in names)
    assert not any("__pycache__" in name for name in names)


def test_the_same_file_makes_the_same_project(tmp_path: Path) -> None:
    file = ROOT / "examples" / "container" / "handrail.toml"
    content = []
    for _ in range(2):
        project = tmp_path / "p"
        eject(file, project, "--name", "own", "--vendor")
        files = [path for path in sorted(project.rglob("*")) if path.is_file()]
        content.append([(path.relative_to(project), path.read_bytes()) for path in files])
        shutil.rmtree(project)

    assert content[0] == content[1]
