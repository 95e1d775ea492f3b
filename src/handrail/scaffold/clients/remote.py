"""How a client reaches a server that runs already."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from handrail.errors import UsageError
from handrail.scaffold.clients.launch import Http

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_URL = re.compile(r"https?://[\x21-\x7e]+")
_HERE = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1")


def remote(url: str, name: str, key: str | None) -> Http:
    """The server at `url`; `/mcp` is added when it has no path. Raises `UsageError`."""
    parts = urlsplit(_plain(url))
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            "a URL with a password in it would be kept in the client's file",
            hint="Leave it out: the key comes from an environment variable, --key names it.",
        )
    if key is not None and not _VARIABLE.fullmatch(key):
        raise UsageError(
            "--key takes the name of an environment variable, not a key",
            hint="Letters, digits and _, as in HANDRAIL_KEY.",
        )
    path = parts.path if parts.path.strip("/") else "/mcp"
    return Http(name, parts._replace(path=path).geturl(), key)


def is_readable_by_others(server: Http) -> bool:
    """Whether the key would travel a network unencrypted."""
    parts = urlsplit(server.url)
    return parts.scheme == "http" and not _HERE.fullmatch(parts.hostname or "")


def _plain(url: str) -> str:
    try:
        host = urlsplit(url).hostname if _URL.fullmatch(url) else None
    except ValueError:
        host = None
    if not host:
        raise UsageError(
            f"{url!r} is not the URL of a server", hint="As in https://tools.example.com/mcp."
        )
    return url
