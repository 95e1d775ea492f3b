"""What programs look for in a home: what was downloaded may be read, the rest is the call's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from handrail.plan.runtimes.runtime import Runtime, exists

_DOWNLOADED = ("registry/cache", "registry/index", "registry/src", "git/checkouts", "git/db")
_CHOICE = ("settings.toml", "update-hashes")
_CREDENTIAL = re.compile(r"token|secret|password|authorization|://[^/\s]*@", re.IGNORECASE)


def caches(names: Sequence[Path]) -> Iterator[Runtime]:
    """The variables and folders that stand for a home, for the programs that want one."""
    called = {name.name for name in names}
    if called & {"cargo", "rustup"}:
        yield from _cargo(names)
    if called & {"go", "gofmt"}:
        yield _go()
    if called & {"node", "npm", "npm-cli.js", "npx", "npx-cli.js"}:
        yield Runtime("node", env=(("npm_config_cache", "$TMPDIR/npm"),))


def _cargo(names: Sequence[Path]) -> Iterator[Runtime]:
    """Cargo's home, without its credentials; and of rustup, which chooses the Cargo, the choice.

    Their places are told by where the program is: `HOME/bin/cargo`, and rustup's beside HOME.
    """
    own = names[-1].parent.parent
    proxied = names[-1].name == "rustup"
    home = own if proxied else _home() / ".cargo"
    settings = tuple(path for path in (home / "config.toml", home / "config") if _is_open(path))
    downloaded = tuple(home / folder for folder in _DOWNLOADED)
    yield Runtime("cargo", (*settings, *downloaded), env=(("CARGO_HOME", str(home)),))
    rustups = (own.with_name(name) for name in (".rustup", "rustup"))
    rustup = next((path for path in rustups if exists(path / "toolchains")), None)
    if proxied and rustup is not None:
        yield Runtime(
            "cargo",
            readable=tuple(rustup / part for part in _CHOICE),
            executable=(own / "bin", rustup / "toolchains"),
            env=(("RUSTUP_HOME", str(rustup)),),
        )


def _go() -> Runtime:
    """Modules are read where they were downloaded to; what is built goes to the call's cache."""
    modules = _home() / "go" / "pkg" / "mod"
    if not exists(modules):
        return Runtime("go", env=(("GOPATH", "$TMPDIR/go"),))
    return Runtime(
        "go",
        readable=(modules,),
        env=(("GOPATH", "$TMPDIR/go"), ("GOMODCACHE", str(modules))),
    )


def _is_open(settings: Path) -> bool:
    """Whether a file of settings may be shown: it holds nothing like a credential."""
    try:
        return _CREDENTIAL.search(settings.read_text("utf-8", "replace")) is None
    except OSError:
        return False


def _home() -> Path:
    """The home of the server's user; only ever looked at for what tools download."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/nonexistent")
