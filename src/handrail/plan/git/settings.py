"""What turns off a setting whose name cannot be known beforehand, as `filter.NAME.clean`.

The settings with fixed names are in git's profile. Which value does what was measured with real
git (tests/attacks/test_hostile_git.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType

from handrail.errors import Denied
from handrail.plan.git.config import Entry

_MERGE = "git merge-file --marker-size=%L %A %O %B"
"""What git does without a driver. A driver that does nothing would pass for a clean merge."""

_OFF = MappingProxyType(
    {
        "alias.*": "",
        "alias.*.command": "",
        "branch.*.mergeoptions": "",
        "browser.*.cmd": "false",
        "browser.*.path": "false",
        "credential.*.helper": "",
        "diff.external": "false",
        "diff.*.command": "false",
        "diff.*.textconv": "cat",
        "difftool.*.cmd": "false",
        "difftool.*.path": "false",
        "filter.*.clean": "",
        "filter.*.process": "",
        "filter.*.smudge": "",
        "guitool.*.cmd": "false",
        "http.*.cookiefile": "",
        "http.*.savecookies": "false",
        "man.*.cmd": "false",
        "man.*.path": "false",
        "merge.*.driver": _MERGE,
        "mergetool.*.cmd": "false",
        "mergetool.*.path": "false",
        "pager.*": "false",
        "remote.*.receivepack": "git-receive-pack",
        "remote.*.uploadpack": "git-upload-pack",
        "remote.*.vcs": "",
        "submodule.*.update": "checkout",
        "tar.*.command": "",
        "tar.tar.gz.command": "gzip -cn",
        "tar.tgz.command": "gzip -cn",
    }
)
_OTHERWISE = MappingProxyType(
    {
        "hook.*.command": ("enabled", "false"),
        "trailer.*.cmd": ("cmd", "echo"),
        "trailer.*.command": ("cmd", "echo"),
    }
)
"""Settings that another of the same subsection overrules."""

_PATHS = MappingProxyType(
    {
        "blame.ignorerevsfile": None,
        "commit.template": "",
        "core.attributesfile": "/dev/null",
        "core.excludesfile": "/dev/null",
        "diff.orderfile": "/dev/null",
        "fetch.fsck.skiplist": None,
        "format.outputdirectory": ".",
        "format.signaturefile": "/dev/null",
        "fsck.skiplist": None,
        "http.cookiefile": "",
        "init.templatedir": "",
        "mailmap.file": "/dev/null",
        "receive.fsck.skiplist": None,
    }
)
"""Files of the repository's choice, and what to name instead of those outside the workspace.

None: git reads every one that it was told of, and cannot be told otherwise.
"""

_NEVER = MappingProxyType(
    {
        "include.path": "names a further file of configuration",
        "includeif.*.path": "names a further file of configuration",
        "gc.recentobjectshook": "runs a program that cannot be turned off",
    }
)
_HINT = "Its owner may take that out of the repository's configuration."


def turned_off(entry: Entry, leads_inside: Callable[[str], bool]) -> Iterator[str]:
    """The settings, as `name=value`, that make this one do no harm; none for most.

    Raises `Denied` for one that nothing makes harmless.
    """
    for kind in _kinds(entry):
        if kind in _NEVER:
            raise _denied(kind, _NEVER[kind])
        if kind in _PATHS:
            if entry.value is not None and not leads_inside(entry.value):
                yield _instead(entry.name, kind, _PATHS[kind])
            return
        if kind in _OTHERWISE:
            key, value = _OTHERWISE[kind]
            yield _setting(f"{entry.name.rpartition('.')[0]}.{key}", kind, value)
            return
        if kind in _OFF:
            yield _setting(entry.name, kind, _OFF[kind])
            return


def _kinds(entry: Entry) -> tuple[str, ...]:
    """What a setting is called in the tables: by its own name, or by that of its kind."""
    two_parts = entry.subsection is None
    return entry.name, f"{entry.section}.*" if two_parts else f"{entry.section}.*.{entry.key}"


def _instead(name: str, kind: str, value: str | None) -> str:
    if value is None:
        raise _denied(kind, "names a file outside the workspace")
    return _setting(name, kind, value)


def _setting(name: str, kind: str, value: str) -> str:
    """`name=value` for `git -c`, which ends the name at the first `=`."""
    if "=" in name or not name.isprintable():
        raise _denied(kind, "has a name that cannot be overruled")
    return f"{name}={value}"


def _denied(kind: str, reason: str) -> Denied:
    return Denied(
        f"the configuration of the git repository is refused: {kind} {reason}", hint=_HINT
    )
