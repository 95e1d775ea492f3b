"""What answers may look like, key by key, before they are held against each other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError

from handrail.diagnostic import Finding, Severity
from handrail.lint.lint import lint
from handrail.spec.document import Document
from handrail.spec.keys import known_keys
from handrail.spec.load import read_document
from handrail.spec.model import Table, refusal
from handrail.spec.names import Named
from handrail.spec.plain import DEEPEST, unplain
from handrail.spec.problems import problems
from handrail.spec.reserved import reserved
from handrail.spec.source import Source
from handrail.spec.suggest import did_you_mean
from handrail.spec.use import shipped

_HERE = Path("answers")
_NAME = "[A-Za-z_][A-Za-z0-9_]{0,127}"
_VARIABLE = re.compile(f"({_NAME})(?:=(.*))?", re.DOTALL)
_CREDENTIAL = re.compile(f"({_NAME})(?:=(env|[./~$].*))?", re.DOTALL)
_SECRET = re.compile("PASS|SECRET|TOKEN|CREDENTIAL|PRIVATE|_KEY$|^KEY$|APIKEY", re.IGNORECASE)
_LONGEST = 4096
_UNSET = "E304"
"""A variable that is not set here may be set where the server runs."""


def variable(text: str) -> tuple[str, str | None]:
    """`NAME`, or `NAME=value`. Raises what pydantic reports, never with the value in it."""
    found = _VARIABLE.fullmatch(text)
    if found is None:
        raise refusal("E505", "not NAME, nor NAME=value; names have letters, digits and `_`")
    if found[2] is not None and _SECRET.search(found[1]):
        raise refusal("E102", f"{found[1]} looks secret: name it in credentials, without its value")
    return found[1], found[2]


def credential(text: str) -> tuple[str, str | None]:
    """`NAME` or `NAME=env`, else its file. Raises what pydantic reports, without the text."""
    found = _CREDENTIAL.fullmatch(text)
    if found is None:
        raise refusal("E102", "not NAME, NAME=env or NAME=/path; its value has no place in a file")
    return found[1], None if found[2] in (None, "env") else found[2]


def _checked_variable(text: str) -> str:
    variable(text)
    return text


def _checked_credential(text: str) -> str:
    credential(text)
    return text


def _one_line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise refusal("E102", "must be one line of text that can be printed")
    return text


Line = Annotated[str, Field(max_length=_LONGEST), AfterValidator(_one_line)]
Host = Annotated[
    str,
    Named(
        r"(?=.{1,253}(:|$))[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
        r"(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*",
        "not the name of a host, like api.example.com",
    ),
]


class OwnKeys(Table):
    """The answers that are no keys of the server file."""

    commands: tuple[Line, ...] = ()
    """Example commands, each of which becomes a tool."""
    changes: Literal["nothing", "files", "anything"] | None = None
    """What tools may change."""
    state: Literal["none", "disk", "redis"] | None = None
    """Where budgets and the audit are kept."""
    runs: Literal["stdio", "http", "docker", "kubernetes"] | None = None
    """Where the server runs."""
    environment: tuple[Annotated[str, AfterValidator(_checked_variable)], ...] = ()
    """Variables that the commands need."""
    deny: tuple[Line, ...] = ()
    """Commands that never run."""
    hosts: tuple[Host, ...] = ()
    """Hosts that the commands may reach."""
    credentials: tuple[Annotated[str, AfterValidator(_checked_credential)], ...] = ()
    """Secrets that the commands need."""
    auth: Literal["none", "keys", "jwt"] | None = None
    """How callers prove who they are."""
    logging: Literal["text", "json"] | None = None
    """The form of the log."""


OWN_KEYS = tuple(OwnKeys.model_fields)


def is_own(key: str, value: object) -> bool:
    """Whether it is none of the server file's; `auth` and `state` may be tables of that."""
    return key in OWN_KEYS and not isinstance(value, dict)


def misshapen(data: dict[str, Any]) -> list[Finding]:
    """A finding for every key that is unknown, and every value that its key cannot take."""
    found = list(unplain(data))
    if any(len(one.at) > DEEPEST for one in found):
        return found
    wrong = {one.at[0] for one in found}
    sound = {key: value for key, value in data.items() if key not in wrong}
    known = (*known_keys(()), *OWN_KEYS)
    for key in [one for one in sound if one not in known and not reserved((one,))]:
        message = f'unknown key "{key}"{did_you_mean(key, known)}'
        found.append(Finding((key,), "E101", message, on_key=True))
        del sound[key]
    own = {key: value for key, value in sound.items() if is_own(key, value)}
    rest = {key: value for key, value in sound.items() if key not in own}
    return [*found, *_own_problems(own), *_server_problems(rest)]


def _own_problems(own: dict[str, Any]) -> list[Finding]:
    try:
        OwnKeys.model_validate({key: _frozen(value) for key, value in own.items()})
    except ValidationError as refused:
        return problems(own, refused)
    return []


def _server_problems(rest: dict[str, Any]) -> list[Finding]:
    # A tool may lay its keys over one of a pack that the defaults will bring.
    data = {"config_version": 1, "use": list(shipped()), **rest}
    document = Document(Source(_HERE, None, ""), data, lambda _: {})
    reading = read_document(_HERE, document, {})
    found = list(reading.findings)
    if reading.spec is not None:
        found += lint(reading.spec)
    elif reading.salvage is not None:
        found += reading.salvage.believe(lint(reading.salvage.spec))
    told = reading.expansion.told(found)
    return [one for one in told if one.severity is Severity.ERROR and one.code != _UNSET]


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
