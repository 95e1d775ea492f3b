"""The rules of the house that no linter knows. Each test lists what breaks it."""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "handrail"
SOURCE = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

MOST_LINES = 300
VAGUE_NAMES = {"base", "helper", "helpers", "manager", "managers", "util", "utils"}
# The call and what is above it turn a surprise of any kind into an answer.
MAY_CATCH_ANYTHING = {"call.py", "mcp", "ops", "testing", "scaffold", "cli"}

PROCESS_MODULES = {
    "_posixsubprocess",
    "anyio.to_process",
    "asyncio.subprocess",
    "concurrent.futures.process",
    "multiprocessing",
    "pty",
    "subprocess",
}
# Known by name alone: from whatever object they are called, they start a process.
PROCESS_STARTERS = {
    "ProcessPoolExecutor",
    "create_subprocess_exec",
    "create_subprocess_shell",
    "open_process",
    "run_process",
    "subprocess_exec",
    "subprocess_shell",
}
# These are too common as names: they count as members of `os` only.
OS_STARTERS = re.compile(r"fork|forkpty|system|popen|(exec|spawn)[lv]p?e?|posix_spawnp?")

EXEMPTION = re.compile(r"#\s*(type:\s*ignore|noqa)(\[[^\]]*\]|:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*)?")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def test_imports_go_down_the_line_only() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_only_process_starts_processes() -> None:
    others = [file for file in SOURCE if room(file) != "process"]
    assert found(starts_a_process, others) == []


def test_package_files_hold_one_docstring() -> None:
    packages = [f for f in SOURCE if f.name == "__init__.py" and f.parent != PACKAGE]
    assert [place(f) for f in packages if not holds_one_docstring_at_most(f)] == []


def test_no_module_is_long() -> None:
    assert [place(f) for f in SOURCE if len(f.read_text().splitlines()) > MOST_LINES] == []


def test_no_name_is_vague() -> None:
    assert [place(f) for f in SOURCE if f.stem in VAGUE_NAMES] == []
    assert found(is_vaguely_named, SOURCE) == []


def test_nothing_below_the_call_catches_everything() -> None:
    below = [file for file in SOURCE if room(file) not in MAY_CATCH_ANYTHING]
    assert found(swallows_everything, below) == []


def test_every_exemption_says_why() -> None:
    assert comments_where(is_exemption_without_reason) == []


def test_what_installs_a_lock_resolves_nothing() -> None:
    """Of versions that came after the lock, pip knows no hash, and stops."""
    template = PACKAGE / "scaffold" / "template"
    installers = [ROOT / "Makefile", ROOT / "Dockerfile", ROOT / "scripts" / "container"]
    for file in (*installers, template / "Makefile.j2", template / "Dockerfile.j2"):
        options = re.findall(r"(\S+) --require-hashes", file.read_text())
        assert set(options) == {"--no-deps"}, file


def test_nothing_is_left_for_later() -> None:
    assert comments_where(lambda comment: bool(UNFINISHED.search(comment))) == []


@pytest.mark.parametrize(
    "code",
    [
        "import subprocess",
        "import os, multiprocessing.pool",
        "from subprocess import run",
        "from asyncio import subprocess",
        "from anyio import to_process",
        "from os import execvpe",
        "os.fork()",
        "os.posix_spawn('/bin/true', [], {})",
        "os.spawnlp(os.P_WAIT, 'true')",
        "await asyncio.create_subprocess_exec('true')",
        "await loop.subprocess_shell(Protocol, 'true')",
        "from anyio import run_process",
        "start = os.system",
    ],
)
def test_a_way_to_start_a_process_is_seen(code: str) -> None:
    assert any(starts_a_process(node) for node in ast.walk(ast.parse(code)))


@pytest.mark.parametrize("code", ["platform.system()", "import os", "from os import kill"])
def test_an_innocent_line_is_not_mistaken_for_a_start(code: str) -> None:
    assert not any(starts_a_process(node) for node in ast.walk(ast.parse(code)))


@pytest.mark.parametrize(
    ("handler", "swallows"),
    [
        ("except Exception: pass", True),
        ("except: pass", True),
        ("except (OSError, BaseException) as error: log(error)", True),
        ("except OSError: pass", False),
        ("except BaseException:\n  close()\n  raise", False),
    ],
)
def test_what_counts_as_catching_everything(handler: str, swallows: bool) -> None:
    tree = ast.parse(f"try: act()\n{handler}")
    assert any(swallows_everything(node) for node in ast.walk(tree)) is swallows


@pytest.mark.parametrize(
    ("comment", "lacks_reason"),
    [
        ("# type: ignore[arg-type]", True),
        ("# noqa: S603", True),
        ("# noqa: S603, S607", True),
        ("# noqa", True),
        ("# noqa: BLE001  # whatever it was, the call is recorded", False),
        ("# type: ignore[arg-type]  # the stub is wrong", False),
        ("# an ordinary comment", False),
    ],
)
def test_what_counts_as_a_reason(comment: str, lacks_reason: bool) -> None:
    assert is_exemption_without_reason(comment) is lacks_reason


def room(file: Path) -> str:
    """The package or module directly under handrail that this file belongs to."""
    return file.relative_to(PACKAGE).parts[0]


def place(file: Path, line: int = 1) -> str:
    return f"{file.relative_to(ROOT)}:{line}"


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(), file)


def found(breaks: Callable[[ast.AST], bool], files: list[Path]) -> list[str]:
    return [
        place(file, getattr(node, "lineno", 1))
        for file in files
        for node in ast.walk(tree_of(file))
        if breaks(node)
    ]


def starts_a_process(node: ast.AST) -> bool:
    match node:
        case ast.Import(names):
            return any(is_process_module(alias.name) for alias in names)
        case ast.ImportFrom(module=str(module), names=names):
            return any(is_process_start(module, alias.name) for alias in names)
        case ast.Attribute(value=ast.Name(owner), attr=name):
            return is_process_start(owner, name)
        case ast.Attribute(attr=name):
            return name in PROCESS_STARTERS
        case _:
            return False


def is_process_start(owner: str, name: str) -> bool:
    return (
        is_process_module(owner)
        or is_process_module(f"{owner}.{name}")
        or name in PROCESS_STARTERS
        or (owner == "os" and OS_STARTERS.fullmatch(name) is not None)
    )


def is_process_module(name: str) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in PROCESS_MODULES)


def holds_one_docstring_at_most(file: Path) -> bool:
    match tree_of(file).body:
        case [] | [ast.Expr(value=ast.Constant(value=str()))]:
            return True
        case _:
            return False


def is_vaguely_named(node: ast.AST) -> bool:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name.strip("_") in VAGUE_NAMES
        case ast.ClassDef(name=name):
            last_word = re.split(r"(?=[A-Z])", name)[-1]
            return last_word.lower() in VAGUE_NAMES
        case _:
            return False


def swallows_everything(node: ast.AST) -> bool:
    """Cleaning up and raising again is not swallowing."""
    match node:
        case ast.ExceptHandler(body=[*_, ast.Raise(exc=None)]):
            return False
        case ast.ExceptHandler(type=None):
            return True
        case ast.ExceptHandler(type=ast.Tuple(elts=caught)):
            return any(is_everything(each) for each in caught)
        case ast.ExceptHandler(type=caught_one):
            return is_everything(caught_one)
        case _:
            return False


def is_everything(caught: ast.AST | None) -> bool:
    return isinstance(caught, ast.Name) and caught.id in {"Exception", "BaseException"}


def comments_where(breaks: Callable[[str], bool]) -> list[str]:
    return [
        place(file, line)
        for file in [*SOURCE, *TESTS]
        for line, comment in comments(file)
        if breaks(comment)
    ]


def comments(file: Path) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(file.read_text()).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def is_exemption_without_reason(comment: str) -> bool:
    exemption = EXEMPTION.search(comment)
    if exemption is None:
        return False
    around = comment[: exemption.start()] + comment[exemption.end() :]
    return not re.search(r"\w", around)
