"""Every answer: as it was said, or else its default, which may follow from other answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from handrail.scaffold.answers import Answers
from handrail.scaffold.draft import Draft
from handrail.scaffold.drafts import (
    changed_by_tool,
    changed_by_use,
    draft_of,
    drafts_of,
    is_within,
    lifted,
    most,
    tools_of,
)
from handrail.scaffold.network import needs_network
from handrail.scaffold.surroundings import Surroundings, relative_root
from handrail.spec.use import split

LIMITS = {"timeout": "30s", "memory": "512MiB", "output": "64KiB", "concurrency": 8}
_REDIS = ("redis://", "rediss://", "unix://", "${")
REDIS_URL = "${REDIS_URL:-redis://127.0.0.1:6379/0}"
_LONGEST_NAME = 64


@dataclass(frozen=True)
class Settled:
    """What a server is to be."""

    answers: Answers
    around: Surroundings

    @cached_property
    def name(self) -> str:
        found = "".join(one for one in self.around.folder.name if one.isprintable()).strip()
        return str(self._said("server.name", found[:_LONGEST_NAME] or "server"))

    @cached_property
    def instructions(self) -> str:
        return str(self._said("server.instructions", self._sentence()))

    @cached_property
    def use(self) -> list[str]:
        git = self.around.repository is not None and "git" in self.around.programs
        wanted = ("files", "git", "search") if git else ("files", "search")
        allowed = str(self._said("changes", "nothing"))
        return list(self._said("use", [lifted(name, allowed) for name in wanted]))

    @cached_property
    def commands(self) -> list[str]:
        """Those that were said, or those that the folder speaks of, where they may be run."""
        said = self.answers.said("commands")
        return list(self._found() if said is None else said)

    @cached_property
    def drafts(self) -> list[Draft]:
        named = [str(tool.get("name")) for tool in self.answers.data.get("tool", ())]
        return drafts_of(self.commands, [*named, *tools_of(self.use)])

    @cached_property
    def changes(self) -> str:
        """What was said, or as much as the tools that were named need."""
        named = [*self.answers.data.get("tool", []), *(one.tool for one in self.drafts)]
        used = map(changed_by_use, self.answers.said("use") or ())
        return str(self._said("changes", most([*map(changed_by_tool, named), *used])))

    @cached_property
    def runs(self) -> str:
        over_http = self.auth_table is not None or self.answers.said("auth") == "keys"
        return str(self._said("runs", "http" if over_http else "stdio"))

    @cached_property
    def state(self) -> str:
        store = str(self.answers.said("access.store") or "memory")
        kept = "audit" in self.answers.data or store == "sqlite"
        found = "redis" if store.startswith(_REDIS) else "disk" if kept else "none"
        said = self.answers.said("state")
        return said if isinstance(said, str) else found

    @cached_property
    def root(self) -> str:
        found = relative_root(self.around)
        # An image brings the workspace that it is given.
        elsewhere = self.runs in ("docker", "kubernetes")
        return str(self._said("workspace.root", f"${{WORKSPACE:-{found}}}" if elsewhere else found))

    @cached_property
    def environment(self) -> list[str]:
        return list(self._said("environment", []))

    @cached_property
    def credentials(self) -> list[str]:
        return list(self._said("credentials", []))

    @cached_property
    def hosts(self) -> list[str]:
        return list(self._said("hosts", []))

    @cached_property
    def deny(self) -> list[str]:
        return list(self._said("deny", []))

    @cached_property
    def require(self) -> str:
        return str(self._said("confinement.require", "landlock"))

    @cached_property
    def auth(self) -> str:
        if self.auth_table is not None:
            return "jwt" if "jwt" in self.auth_table else "other"
        return str(self._said("auth", "none" if self.runs == "stdio" else "keys"))

    @property
    def auth_table(self) -> Mapping[str, Any] | None:
        said = self.answers.said("auth")
        return said if isinstance(said, Mapping) else None

    @cached_property
    def limits(self) -> dict[str, Any]:
        return {**LIMITS, **self._said("limits", {})}

    @cached_property
    def logging(self) -> str:
        return str(self._said("logging", "text" if self.runs == "stdio" else "json"))

    @property
    def has_commands(self) -> bool:
        """Whether there is a tool that runs a program of the author's choice."""
        named = self.answers.data.get("tool", ())
        return bool(self.drafts) or any("program" in one or "programs" in one for one in named)

    @property
    def can_reach_hosts(self) -> bool:
        """Whether a command is of no use without the network."""
        return any(map(needs_network, self.drafts))

    def _found(self) -> Iterator[str]:
        """Commands that the folder speaks of, of those that may be run."""
        allowed = self.answers.said("changes") or "nothing"
        for command in self.around.commands if allowed != "nothing" else ():
            if is_within(changed_by_tool(draft_of(command).tool), allowed):
                yield command

    def _said(self, key: str, default: Any) -> Any:
        said = self.answers.said(key)
        return default if said is None else said

    def _sentence(self) -> str:
        packs = {split(entry)[0] for entry in self.use}
        deeds = ["read"] if "files" in packs else []
        deeds += ["search"] if packs & {"files", "search"} else []
        deeds += ["change"] if "files" in self.use else []
        where = "the Git repository" if "git" in packs else "the files"
        tools = f"Tools to {_listed(deeds)} {where} in the workspace." if deeds else ""
        return tools or "Tools for the workspace."


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
