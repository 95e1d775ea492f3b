"""What to do next when git says no, by what it says: in English, as `LANG=C.UTF-8` has it."""

from __future__ import annotations

import re

_NEXT = (
    (
        "[Nn]ot a git repository",
        "There is no repository here: name the folder of one, if the tool has a param for it.",
    ),
    (
        "dubious ownership",
        "The repository is another user's: the server's owner may run commands as that user "
        "(`confinement.user`).",
    ),
    (
        "does not have any commits yet|bad revision 'HEAD'|Failed to resolve 'HEAD'"
        "|not a valid object name: 'HEAD'|do not have the initial commit yet|no commits yet",
        "The repository has no commits yet: commit something first.",
    ),
    (
        "Author identity unknown|Committer identity unknown|auto-detection is disabled",
        "Nobody is named as the author: the server's owner sets user.name and user.email in the "
        "repository's configuration, or GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL, GIT_COMMITTER_NAME and "
        "GIT_COMMITTER_EMAIL in the tool's env.",
    ),
    (
        "would be overwritten by|cannot switch branch while|local changes",
        "Commit the changes, or put them away with git_stash, then try again.",
    ),
    (
        "unmerged files|you need to resolve|fix conflicts|is unmerged|not possible because",
        "Settle the conflicts that git_status lists: edit each file, then git_add it.",
    ),
    (
        "nothing to commit|nothing added to commit|no changes added to commit",
        "Stage something with git_add first; git_status lists what has changed.",
    ),
    (
        "ignored by one of your .gitignore",
        "Ignored files are not added; name the others only.",
    ),
    (
        "did not match any file|bad revision '[^']+:|no such path|does not exist in"
        "|exists on disk, but not in|There is no path .* in the commit",
        "git_status and git_log name the paths that there are.",
    ),
    (
        "unknown revision|bad revision|invalid reference|not a valid object name|bad object"
        "|ambiguous argument|unable to resolve revision|could not resolve",
        "Name a branch, a tag or a commit that there is: git_branches, git_tags and git_log "
        "list them.",
    ),
    (r"has only \d+ lines?", "Begin at a line that the file has."),
    (
        r"\.lock': File exists",
        "Another git process is at work in the repository, or one has died there: wait and try "
        "again.",
    ),
    ("No stash entries|is not a valid reference", "Nothing is put away under this number."),
    (
        "contains modified or untracked files",
        "Commit what is in that work tree, or have a person remove it.",
    ),
    (
        "already checked out at|already used by worktree",
        "Another work tree has this branch: work there, or make a new branch.",
    ),
    (
        "(?:clean|smudge) filter '.*' failed",
        "The file needs a filter, as of git-lfs, and filters do not run here: a person may do it.",
    ),
    ("already exists", "Choose another name."),
    ("Permission denied|Read-only file system", "Commands may not write there."),
)
_KNOWN = tuple((re.compile(pattern), step) for pattern, step in _NEXT)


def next_step(said: str) -> str | None:
    """The step for the first failure that is known among what git `said`."""
    return next((step for pattern, step in _KNOWN if pattern.search(said)), None)
