"""The builder looks at one folder; what a draft names beyond it is left alone.

An agent chooses the words of a draft. Whatever it names, it learns nothing of other files of this
machine, nor of the values in the server's environment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from handrail.diagnostic import Key
from handrail.scaffold.builder.places import spelled
from handrail.scaffold.surroundings import Surroundings
from handrail.spec.server import ProgramSpec, SecretSpec, ServerSpec

Named = tuple[tuple[Key, ...], str]
"""A path that a server file names: where, and as it is written there."""


@dataclass(frozen=True, slots=True)
class Fence:
    """A folder, and the Git repository that it is in, which is the workspace by default."""

    around: Surroundings

    def beyond(self, spec: ServerSpec) -> list[str]:
        """The keys of `spec` that lead out."""
        return [spelled(at) for at, written in _paths(spec) if not self._holds(at, written)]

    def _holds(self, at: tuple[Key, ...], written: str) -> bool:
        folder = self.around.folder
        if at[0] == "programs" and at[-1] == "path":
            # Where programs are found by their names, too.
            found_in = os.environ.get("PATH", os.defpath).split(":")
            if os.path.dirname(os.path.normpath(folder / written)) in found_in:  # noqa: PTH120  # no links are followed
                return True
        path = Path(os.path.realpath(folder / written))
        trees = filter(None, (folder, self.around.repository))
        return any(path.is_relative_to(os.path.realpath(tree)) for tree in trees)

    def without_beyond(self, spec: ServerSpec) -> ServerSpec:
        """The same with nothing in it that would be read from beyond: files of secrets, and
        profiles. Every secret is a variable that `environ` has."""
        programs = {
            name: one
            if one.profile is None or self._holds(("programs", name, "profile"), one.profile)
            else one.model_copy(update={"profile": None})
            for name, one in spec.programs.items()
        }
        secrets = {name: SecretSpec(env=name) for name in spec.secrets}
        return spec.model_copy(update={"programs": programs, "secrets": secrets})


def environ(spec: ServerSpec) -> dict[str, str]:
    """What of the environment is looked at: PATH, and for every secret a value that is none."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        **{name: f"(the secret {name})" for name in spec.secrets},
    }


def _paths(spec: ServerSpec) -> Iterator[Named]:
    """Every path that an examination, or a plan, would look at."""
    yield ("workspace", "root"), spec.workspace.root
    for name, program in spec.programs.items():
        yield from _of_program(name, program)
    for number, tool in enumerate(spec.tools):
        for key in ("readable", "writable", "executable"):
            for place, written in enumerate(getattr(tool, key) or ()):
                yield ("tool", number, key, place), written


def _of_program(name: str, program: ProgramSpec) -> Iterator[Named]:
    if program.path is not None:
        yield ("programs", name, "path"), program.path
    if program.profile is not None and program.profile.endswith(".toml"):
        yield ("programs", name, "profile"), program.profile
