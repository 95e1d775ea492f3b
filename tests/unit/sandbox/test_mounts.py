"""What bwrap is told: which mounts, in which order, and what covers what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from handrail.plan.access import Access
from handrail.sandbox.mounts import arguments, private_folders

W = Path("/srv/w")
ACCESS = Access(
    readable=(W, Path("/etc/hosts"), Path("/usr")),
    executable=(Path("/usr"), Path("/opt/tool/bin")),
    writable=(W,),
    kept=(W / ".git",),
    hidden=(W / ".handrail", W / "secret"),
    hidden_folders=(W / ".handrail",),
    links=((Path("/bin"), Path("/usr/bin")),),
)
OWN = (Path("/opt/python"),)
BINDS = ("--ro-bind-try", "--bind-try", "--ro-bind")


def told(access: Access = ACCESS, *, network: bool = False, as_root: bool = True) -> list[str]:
    made = arguments(access, own=OWN, network=network, as_root=as_root, temporary_bytes=4096)
    return list(made)


def binds(access: Access = ACCESS) -> list[tuple[str, str]]:
    """How and what is bound, in order."""
    words = told(access)
    return [(words[n], words[n + 2]) for n, word in enumerate(words) if word in BINDS]


def made(words: list[str], option: str) -> list[str]:
    """What follows each use of `option`."""
    return [words[n + 1] for n, word in enumerate(words) if word == option]


def test_each_path_is_bound_once_as_the_strongest_that_it_may() -> None:
    assert binds() == [
        ("--ro-bind-try", "/etc/hosts"),
        ("--ro-bind-try", "/opt/python"),
        ("--ro-bind-try", "/opt/tool/bin"),
        ("--bind-try", "/srv/w"),
        ("--ro-bind-try", "/srv/w/.git"),
        ("--ro-bind-try", "/usr"),
        ("--ro-bind", "/srv/w/secret"),
    ]


def test_a_path_is_bound_from_where_it_is() -> None:
    words = told()
    for n, word in enumerate(words):
        if word in ("--ro-bind-try", "--bind-try"):
            assert words[n + 1] == words[n + 2]


def test_below_a_writable_tree_only_what_is_kept_is_read_only() -> None:
    """A program in the workspace, or a folder of it that is declared readable, stays writable."""
    inner = replace(
        ACCESS,
        readable=(*ACCESS.readable, W / "docs"),
        executable=(*ACCESS.executable, W, W / "bin" / "tool"),
    )
    below = [(how, path) for how, path in binds(inner) if Path(path).is_relative_to(W)]
    assert below == [
        ("--bind-try", "/srv/w"),
        ("--ro-bind-try", "/srv/w/.git"),
        ("--ro-bind", "/srv/w/secret"),
    ]


def test_a_writable_folder_in_a_readable_tree_comes_after_it() -> None:
    inner = replace(ACCESS, writable=(W / "out",), kept=())
    assert [one for one in binds(inner) if one[1].startswith("/srv/w")][:2] == [
        ("--ro-bind-try", "/srv/w"),
        ("--bind-try", "/srv/w/out"),
    ]


def test_what_is_hidden_is_covered_after_all_else() -> None:
    words = told()
    folder = words.index("/srv/w/.handrail")
    assert words[folder - 3 : folder] == ["--perms", "0000", "--tmpfs"]
    file = words.index("/srv/w/secret")
    assert words[file - 2 : file] == ["--ro-bind", "/dev/null"]
    last_bind = max(n for n, word in enumerate(words) if word.endswith("bind-try"))
    assert min(folder, file) > last_bind


def test_folders_above_are_made_open_and_before_what_is_in_them() -> None:
    words = told()
    folders = made(words, "--dir")
    assert folders == sorted(folders)
    assert {"/srv", "/etc", "/opt", "/opt/tool"} == set(folders)
    for n, word in enumerate(words):
        if word == "--dir":
            assert words[n - 2 : n] == ["--perms", "0755"]
    assert words.index("/opt") < words.index("/opt/tool/bin")


def test_links_are_made_as_links_unless_they_lie_in_what_is_bound() -> None:
    inner = replace(ACCESS, links=(*ACCESS.links, (W / "link", Path("/etc/hosts"))))
    words = told(inner)
    n = words.index("--symlink")
    assert words[n + 1 : n + 3] == ["/usr/bin", "/bin"]
    assert words.count("--symlink") == 1


def test_temporary_folders_are_new_bounded_and_everybodys() -> None:
    words = told()
    for folder in ("/tmp", "/dev/shm"):
        n = words.index(folder)
        assert words[n - 5 : n] == ["--size", "4096", "--perms", "1777", "--tmpfs"]
    assert words.index("/dev") < words.index("/dev/shm")


def test_temporary_folders_belong_to_the_call_alone() -> None:
    assert private_folders(ACCESS) == (Path("/tmp"), Path("/dev/shm"))


def test_a_workspace_in_tmp_is_not_emptied() -> None:
    inner = replace(ACCESS, readable=(Path("/tmp/w"),))
    assert private_folders(inner) == (
        Path("/tmp/handrail"),
        Path("/dev/shm"),
    )


def test_the_network_is_shared_only_when_it_is_open() -> None:
    assert "--unshare-net" in told()
    assert "--unshare-net" not in told(network=True)


def test_only_root_makes_a_view_without_a_user_namespace() -> None:
    as_root, as_user = told(), told(as_root=False)
    assert made(as_root, "--cap-add") == ["CAP_SETUID", "CAP_SETGID"]
    assert "--unshare-user" not in as_root
    assert made(as_user, "--cap-add") == []
    assert "--unshare-user" in as_user


def test_a_view_is_alone_and_ends_with_its_server() -> None:
    for option in (
        *("--unshare-pid", "--unshare-ipc", "--die-with-parent", "--new-session"),
        *("--as-pid-1", "--clearenv"),
    ):
        assert option in told()
    assert told()[-1] == "--"
