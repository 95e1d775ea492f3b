"""What an API wants to know of its caller, and how a server file can tell it.

Secrets reach a program by its environment or its input, never by argv, which everybody on the
machine can read. Since 8.3 curl can put a variable of its environment into a header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from handrail.scaffold.imports.references import References
from handrail.scaffold.imports.wording import cleaned

_NAME = re.compile(r"[^A-Z0-9]+")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")


def credentials(found: References, operation: Mapping[str, Any]) -> Iterator[str]:
    """What to write so that the operation gets the credentials it asks for; nothing for none."""
    components = found.table(found.whole.get("components"))
    schemes = found.table(components.get("securitySchemes"))
    wanted = operation.get("security", found.whole.get("security"))
    if not isinstance(wanted, list) or not wanted or {} in wanted:
        return
    for name in found.table(wanted[0]):
        yield _told(name, found.table(schemes.get(name)))


def _told(name: str, scheme: Mapping[str, Any]) -> str:
    variable = _NAME.sub("_", name.upper()).strip("_")[:60] or "API_TOKEN"
    variable = variable if variable[0].isalpha() else f"API_{variable}"
    header = _header(scheme, variable)
    asks = f'It asks for credentials ("{cleaned(name, 60)}"), which the draft does not give'
    if header is None:
        kind = cleaned(str(scheme.get("in") or scheme.get("type") or "unknown"), 40)
        return f"{asks}; how is yours to find out: {kind} is not a header."
    return (
        f'{asks}. With curl 8.3 or later: {variable} = {{ env = "{variable}" }} in [secrets], '
        f'env = {{ {variable} = {{ secret = "{variable}" }} }} in the tool, and '
        f'"--variable", "%{variable}", "--expand-header", "{header}" in its args.'
    )


def _header(scheme: Mapping[str, Any], variable: str) -> str | None:
    """The header as a template of ours, in which curl's own braces are doubled."""
    value = f"{{{{{{{{{variable}}}}}}}}}"
    kind, called = scheme.get("type"), str(scheme.get("name", ""))
    if kind == "apiKey" and scheme.get("in") == "header" and _HEADER.fullmatch(called):
        return f"{called}: {value}"
    if kind == "http" and str(scheme.get("scheme", "")).lower() == "basic":
        return f"Authorization: Basic {value}"
    return f"Authorization: Bearer {value}" if kind in ("http", "oauth2", "openIdConnect") else None
