"""The hosts that commands may reach, as far as a server file can say so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from handrail.scaffold.draft import Draft

_URL = "URL"
_AFTER = r"(:[0-9]{1,5})?(/[A-Za-z0-9._~%/-]{0,500})?(\?[A-Za-z0-9._~%&=+-]{0,500})?"
"""What may follow a host. Not `@`, which would make it the name of a user at another host."""


def needs_network(draft: Draft) -> bool:
    """Whether the tool is of no use without the network."""
    return bool(draft.tool.get("network"))


def with_hosts(draft: Draft, hosts: Sequence[str]) -> Draft:
    """The draft with the network, and URLs of these hosts only; or without any."""
    if not needs_network(draft):
        return draft
    params: dict[str, Any] = dict(draft.tool.get("params", {}))
    for name in _url_params(draft) if hosts else ():
        said = f"An address at {' or '.join(hosts)}."
        params[name] = {**params[name], "pattern": url_pattern(hosts), "description": said}
    tool = {**draft.tool, "network": bool(hosts), **({"params": params} if params else {})}
    return replace(draft, tool=tool)


def url_pattern(hosts: Sequence[str]) -> str:
    """A pattern that URLs of these hosts match, and no others."""
    return f"https?://({'|'.join(map(re.escape, hosts))}){_AFTER}"


def example_hosts(draft: Draft) -> list[str]:
    """The hosts of the addresses in its example."""
    urls = (word.given for word in draft.words if word.meaning == _URL)
    return [host for url in urls if (host := urlsplit(url).hostname)]


def is_kept_to_hosts(draft: Draft) -> bool:
    """Whether its params say where it goes, so that patterns can bound that."""
    return bool(_url_params(draft))


def _url_params(draft: Draft) -> list[str]:
    params = draft.tool.get("params", {})
    return [
        str(word.param) for word in draft.words if word.meaning == _URL and word.param in params
    ]
