"""What programs need of the disk, on layouts as their installers make them."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from handrail.plan.runtime import Runtime, runtime_of, system

SHELL = Path("/bin/sh")


def program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def file(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def link(path: Path, target: str | Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    return path


def python_at(prefix: Path) -> Path:
    file(prefix / "lib" / "python3.12" / "os.py")
    (prefix / "include").mkdir()
    program(prefix / "bin" / "python3.12")
    return link(prefix / "bin" / "python3", "python3.12")


def venv_at(venv: Path, python: Path) -> Path:
    file(venv / "pyvenv.cfg", f"home = {python.parent}\nversion = 3.12.1\n")
    (venv / "lib").mkdir()
    link(venv / "lib64", "lib")
    return link(venv / "bin" / "python", python)


def may_start(runtime: Runtime, path: Path) -> bool:
    return any(path.is_relative_to(tree) for tree in runtime.executable)


def may_read(runtime: Runtime, path: Path) -> bool:
    trees = (*runtime.readable, *runtime.executable)
    return any(path.is_relative_to(tree) for tree in trees)


def test_the_system_is_there_for_every_program() -> None:
    assert Path("/usr") in system().executable
    assert system().name == "system"
    assert all(path.exists() for path in (*system().readable, *system().executable))


@pytest.mark.parametrize(
    "secret",
    ["shadow", "gshadow", "sudoers", "ssh", "ssl/private", "npmrc", "pip.conf", "environment"],
)
def test_of_the_settings_of_the_system_no_credentials(secret: str) -> None:
    assert not may_read(system(), Path("/etc") / secret)
    assert not any((Path("/etc") / secret).is_relative_to(path) for path in system().readable)


@pytest.mark.parametrize(
    ("path", "name"), [("/bin/sh", "shell"), ("/usr/bin/git", "git"), ("/usr/bin/env", "system")]
)
def test_a_program_of_the_system_needs_nothing_more(path: str, name: str) -> None:
    assert runtime_of(Path(path)) == Runtime(name)


def test_a_python_of_pyenv(tmp_path: Path) -> None:
    prefix = tmp_path / ".pyenv" / "versions" / "3.12.1"
    runtime = runtime_of(python_at(prefix))
    assert runtime.name == "python"
    assert runtime.executable == (prefix / "bin", prefix / "lib")
    assert runtime.readable == (prefix / "include",)


def test_a_virtual_environment_has_its_python_with_it(tmp_path: Path) -> None:
    base, venv = tmp_path / "uv" / "cpython-3.12", tmp_path / "project" / ".venv"
    python = venv_at(venv, python_at(base))
    file(venv / "pip.conf", "index-url = https://me:token@example.com")
    script = program(venv / "bin" / "pytest", f"#!{python}\n")
    for declared in (python, script):
        runtime = runtime_of(declared)
        assert runtime.name == "python"
        assert set(runtime.executable) == {
            *(venv / "bin", venv / "lib", venv / "lib64"),
            *(base / "bin", base / "lib"),
        }
        assert set(runtime.readable) == {venv / "pyvenv.cfg", base / "include"}


def test_a_virtual_environment_of_copies_knows_its_python_by_its_settings(tmp_path: Path) -> None:
    base, venv = tmp_path / "base", tmp_path / "venv"
    python = venv_at(venv, python_at(base))
    python.unlink()
    program(python)
    assert may_read(runtime_of(python), base / "lib" / "python3.12" / "os.py")


def test_a_link_to_a_program_of_a_virtual_environment(tmp_path: Path) -> None:
    venv = tmp_path / ".local" / "share" / "pipx" / "venvs" / "black"
    python = venv_at(venv, python_at(tmp_path / "base"))
    script = program(venv / "bin" / "black", f"#!{python}\n")
    declared = link(tmp_path / ".local" / "bin" / "black", script)
    runtime = runtime_of(declared)
    assert may_start(runtime, declared)
    assert may_start(runtime, venv / "lib" / "python3.12" / "site-packages")
    assert not may_read(runtime, tmp_path / ".local" / "share" / "keyrings")


def test_a_python_in_a_home_opens_nothing_of_the_person(tmp_path: Path) -> None:
    home = tmp_path / "me"
    for private in (".ssh", ".local/share/keyrings", ".config"):
        (home / private).mkdir(parents=True)
    for prefix in (home, home / ".local"):
        runtime = runtime_of(python_at(prefix))
        assert may_read(runtime, prefix / "lib" / "python3.12" / "os.py")
        for private in (".", ".ssh", ".local/share/keyrings", ".config"):
            assert not may_read(runtime, home / private)


def test_conda(tmp_path: Path) -> None:
    prefix = tmp_path / "miniconda3" / "envs" / "work"
    file(prefix / "conda-meta" / "history")
    file(prefix / ".condarc", "token")
    file(prefix / "ssl" / "cert.pem")
    python = python_at(prefix)
    for declared in (python, program(prefix / "bin" / "jq")):
        runtime = runtime_of(declared)
        assert runtime.name == "conda"
        assert may_start(runtime, prefix / "bin" / "python3.12")
        assert may_read(runtime, prefix / "ssl" / "cert.pem")
        assert not may_read(runtime, prefix / ".condarc")


def test_node_of_nvm_and_what_npm_installed(tmp_path: Path) -> None:
    prefix = tmp_path / ".nvm" / "versions" / "node" / "v20.1.0"
    program(prefix / "bin" / "node")
    cli = program(
        prefix / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js", "#!/usr/bin/env node\n"
    )
    npm = link(prefix / "bin" / "npm", "../lib/node_modules/npm/bin/npm-cli.js")
    for declared in (prefix / "bin" / "node", npm):
        runtime = runtime_of(declared)
        assert runtime.name == "node"
        assert may_start(runtime, cli)
        assert may_start(runtime, prefix / "bin" / "node")
        assert runtime.env == (("npm_config_cache", "$TMPDIR/npm"),)


def test_a_package_of_a_project_is_run_by_the_node_of_the_system(tmp_path: Path) -> None:
    modules = tmp_path / "project" / "node_modules"
    script = program(modules / "eslint" / "bin" / "eslint.js", "#!/usr/bin/env -S node --x\n")
    runtime = runtime_of(link(modules / ".bin" / "eslint", "../eslint/bin/eslint.js"))
    assert runtime.executable == (modules,)
    assert may_start(runtime, script)


@pytest.mark.parametrize(
    "first_line",
    [
        "#!{node}",
        "#! {node} --flag",
        "#!/usr/bin/env node",
        "#!/usr/bin/env -S A=b node --flag",
        "#!/usr/bin/env -Snode",
    ],
)
def test_a_script_needs_what_runs_it(tmp_path: Path, first_line: str) -> None:
    node = program(tmp_path / "tools" / "node")
    script = program(tmp_path / "tools" / "deploy", first_line.format(node=node) + "\n")
    assert set(runtime_of(script).executable) == {node, script}


def test_a_script_that_runs_itself_is_looked_at_no_further(tmp_path: Path) -> None:
    script = tmp_path / "loop"
    program(script, f"#!{script}\n")
    assert runtime_of(script).executable == (script,)


def cargo_at(home: Path) -> Path:
    program(home / ".cargo" / "bin" / "rustup")
    file(home / ".cargo" / "credentials.toml", "token")
    file(home / ".cargo" / "config.toml", "[build]\njobs = 2\n")
    (home / ".cargo" / "registry" / "src").mkdir(parents=True)
    file(home / ".rustup" / "settings.toml")
    (home / ".rustup" / "toolchains").mkdir()
    return link(home / ".cargo" / "bin" / "cargo", "rustup")


def test_the_cargo_of_rustup(tmp_path: Path) -> None:
    runtime = runtime_of(cargo_at(tmp_path))
    assert runtime.name == "cargo"
    assert runtime.executable == (tmp_path / ".cargo" / "bin", tmp_path / ".rustup" / "toolchains")
    assert set(runtime.readable) == {
        tmp_path / ".cargo" / "config.toml",
        tmp_path / ".cargo" / "registry" / "src",
        tmp_path / ".rustup" / "settings.toml",
    }
    assert dict(runtime.env) == {
        "CARGO_HOME": str(tmp_path / ".cargo"),
        "RUSTUP_HOME": str(tmp_path / ".rustup"),
    }


@pytest.mark.parametrize(
    "settings", ['[registry]\ntoken = "x"', '[http]\nproxy = "http://me:pw@proxy"']
)
def test_settings_of_cargo_with_a_credential_stay_closed(tmp_path: Path, settings: str) -> None:
    cargo = cargo_at(tmp_path)
    file(tmp_path / ".cargo" / "config.toml", settings)
    assert not may_read(runtime_of(cargo), tmp_path / ".cargo" / "config.toml")


def test_go_builds_in_the_folder_of_the_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, home = tmp_path / "go1.22", tmp_path / "me"
    modules = home / "go" / "pkg" / "mod"
    modules.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    program(root / "pkg" / "tool" / "linux_amd64" / "compile")
    file(root / "VERSION")
    file(root / "src" / "fmt" / "print.go")
    runtime = runtime_of(program(root / "bin" / "go"))
    assert runtime.name == "go"
    assert runtime.executable == (root / "bin", root / "pkg")
    assert set(runtime.readable) == {root / "VERSION", root / "src", modules}
    assert dict(runtime.env) == {"GOPATH": "$TMPDIR/go", "GOMODCACHE": str(modules)}
    assert dict(system().env) == {"XDG_CACHE_HOME": "$TMPDIR/cache"}


def test_java_by_a_link_that_chooses_the_version(tmp_path: Path) -> None:
    candidates = tmp_path / ".sdkman" / "candidates" / "java"
    file(candidates / "21.0.1" / "lib" / "jvm.cfg")
    file(candidates / "21.0.1" / "conf" / "net.properties")
    program(candidates / "21.0.1" / "bin" / "java")
    link(candidates / "current", "21.0.1")
    runtime = runtime_of(candidates / "current" / "bin" / "java")
    assert runtime.name == "java"
    for name in ("current", "21.0.1"):  # it finds itself by either
        assert may_start(runtime, candidates / name / "bin" / "java")
        assert may_read(runtime, candidates / name / "lib" / "jvm.cfg")
        assert may_read(runtime, candidates / name / "conf" / "net.properties")


def test_a_shim_may_choose_any_version(tmp_path: Path) -> None:
    root = tmp_path / ".pyenv"
    program(root / "libexec" / "pyenv")
    file(root / "version", "3.12.1\n")
    python = python_at(root / "versions" / "3.12.1")
    runtime = runtime_of(program(root / "shims" / "pytest"))
    assert runtime.name == "pyenv"
    assert may_start(runtime, python)
    assert may_start(runtime, root / "libexec" / "pyenv")
    assert may_read(runtime, root / "version")
    assert not may_read(runtime, root / ".git")


def test_git_of_its_own_prefix(tmp_path: Path) -> None:
    helper = program(tmp_path / "git" / "libexec" / "git-core" / "git-remote-https")
    settings = file(tmp_path / "git" / "etc" / "gitconfig")
    runtime = runtime_of(program(tmp_path / "git" / "bin" / "git"))
    assert runtime.name == "git"
    assert may_start(runtime, helper)
    assert may_read(runtime, settings)


def test_a_program_of_nothing_known_gets_itself_and_its_libraries(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    for path in ("lib/a.jar", "libexec/worker", "share/deploy/x", "share/other/x", "etc/secret"):
        file(tools / path)
    program(tools / "bin" / "other")
    deploy = program(tools / "bin" / "deploy")
    runtime = runtime_of(deploy)
    assert runtime.name == "shell"
    assert runtime.executable == (deploy, tools / "libexec")
    assert runtime.readable == (tools / "lib", tools / "share" / "deploy")


def native(path: Path, *, loader: str = "", needs: str = "", folders: str = "") -> Path:
    """The least ELF file (elf(5)) that says what it is linked with."""
    strings = b"\0" + b"\0".join(map(os.fsencode, (needs, folders))) + b"\0"
    at_dynamic = 64 + 3 * 56
    at_strings = at_dynamic + 4 * 16
    at_loader = at_strings + len(strings)
    segments = (
        (1, 0, 0x1000, at_loader),
        (2, at_dynamic, 0x1000 + at_dynamic, 4 * 16),
        (3, at_loader, 0x1000 + at_loader, len(loader) + 1),
    )
    entries = ((1, 1), (29, 2 + len(needs)), (5, 0x1000 + at_strings), (0, 0))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        struct.pack("<6s26xQ14xHH6x", b"\x7fELF\x02\x01", 64, 56, len(segments))
        + b"".join(struct.pack("<I4xQQ8xQ16x", *segment) for segment in segments)
        + b"".join(struct.pack("<qQ", *entry) for entry in entries)
        + strings
        + os.fsencode(loader)
        + b"\0"
    )
    path.chmod(0o755)
    return path


def test_a_native_program_gets_the_libraries_that_it_names(tmp_path: Path) -> None:
    app = tmp_path / "app"
    inner = native(tmp_path / "more" / "libinner.so")
    real = native(app / "libs" / "liba.so.1.2", needs="libinner.so", folders=str(inner.parent))
    link(app / "libs" / "liba.so.1", "liba.so.1.2")
    native(app / "libs" / "libother.so")
    loader = native(tmp_path / "musl" / "ld.so")
    program = native(app / "run", loader=str(loader), needs="liba.so.1", folders="/x:$ORIGIN/libs")
    runtime = runtime_of(program)
    assert runtime.name == "native"
    library = app / "libs" / "liba.so.1"
    assert set(runtime.executable) == {program, library, real, inner, loader}


def test_a_library_that_is_none_stays_closed(tmp_path: Path) -> None:
    file(tmp_path / "me" / "id_rsa", "secret")
    program = native(tmp_path / "run", needs="id_rsa", folders=str(tmp_path / "me"))
    assert runtime_of(program).executable == (program,)


@pytest.mark.parametrize("length", [0, 5, 40, 70, 150, 240, 300])
def test_half_a_native_program_is_no_trouble(tmp_path: Path, length: int) -> None:
    whole = native(tmp_path / "run", loader="/lib/ld.so", needs="liba.so", folders="/opt")
    whole.write_bytes(whole.read_bytes()[:length])
    assert runtime_of(whole).executable == (whole,)


def test_every_name_on_the_way_to_the_program_may_be_used(tmp_path: Path) -> None:
    real = program(tmp_path / "store" / "v2" / "tool")
    link(tmp_path / "store" / "current", "v2")
    middle = link(tmp_path / "opt" / "tool", "../store/current/tool")
    declared = link(tmp_path / "me" / "tool", middle)
    assert set(runtime_of(declared).executable) == {
        declared,
        middle,
        tmp_path / "store" / "current" / "tool",
        real,
    }


def test_links_in_a_circle_lead_nowhere(tmp_path: Path) -> None:
    first = link(tmp_path / "a", "b")
    link(tmp_path / "b", "a")
    assert runtime_of(first) == Runtime("system")


class TestWhatAWorkspaceClaims:
    """A command may have written it, so that the next start of the server would open more."""

    @pytest.fixture
    def private(self, tmp_path: Path) -> Path:
        file(tmp_path / "me" / ".ssh" / "id_rsa", "secret")
        return tmp_path / "me" / ".ssh"

    def test_a_home_of_python_that_has_no_python(self, tmp_path: Path, private: Path) -> None:
        venv = tmp_path / "ws" / ".venv"
        library = file(private.parent / "lib" / "secret")
        for home in (private, private.parent / "bin"):
            file(venv / "pyvenv.cfg", f"home = {home}\n")
            runtime = runtime_of(program(venv / "bin" / "pytest"))
            assert not may_read(runtime, private / "id_rsa")
            assert not may_read(runtime, library)

    @pytest.mark.parametrize("part", ["lib", "lib64", "share", "include"])
    def test_a_library_that_is_a_link(self, tmp_path: Path, private: Path, part: str) -> None:
        venv = tmp_path / "ws" / ".venv"
        file(venv / "pyvenv.cfg")
        link(venv / part, private)
        runtime = runtime_of(program(venv / "bin" / "pytest"))
        assert venv / part not in (*runtime.readable, *runtime.executable)

    @pytest.mark.parametrize("line", ["#!{secret}", "#!/usr/bin/env {secret}"])
    def test_a_secret_as_interpreter(self, tmp_path: Path, private: Path, line: str) -> None:
        text = line.format(secret=private / "id_rsa")
        script = program(tmp_path / "ws" / "tool", f"{text}\n")
        assert runtime_of(script).executable == (script,)

    def test_a_folder_of_packages_that_is_a_link(self, tmp_path: Path, private: Path) -> None:
        tool = program(private / "tool")
        modules = link(tmp_path / "ws" / "node_modules", private)
        runtime = runtime_of(modules / "tool")
        assert set(runtime.executable) == {modules / "tool", tool}


def test_what_was_said_exists(tmp_path: Path) -> None:
    for path in (SHELL, python_at(tmp_path / "p"), cargo_at(tmp_path)):
        runtime = runtime_of(path)
        for each in (*runtime.readable, *runtime.executable):
            assert each.is_absolute()
            assert os.path.lexists(each)
