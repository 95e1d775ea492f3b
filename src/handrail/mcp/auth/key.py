"""An API key: a text that is shown once, and what is kept of it."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from handrail.policy.caller import LOCAL, Caller
from handrail.spec.access import RoleName
from handrail.spec.model import Table, refusal
from handrail.spec.names import Named

PREFIX = "hr_"
"""How the text of every key begins, and no other token."""
_ID_BYTES, _SECRET_BYTES = 6, 32
_TEXT = re.compile(rf"{PREFIX}([0-9a-f]{{{2 * _ID_BYTES}}})_[0-9a-f]{{{2 * _SECRET_BYTES}}}")


def _not_local(name: str) -> str:
    if name == LOCAL.name:
        raise refusal("E505", f'"{name}" is who uses the server on stdio, and nobody else')
    return name


KeyName = Annotated[
    str,
    Named(
        "[a-z0-9][a-z0-9._-]{0,63}",
        "not a name for a key: small letters, digits and `.`, `_`, `-`, at most 64 in all",
    ),
    AfterValidator(_not_local),
]
"""Whom a key makes its bearer. Callers by other ways have a `:` in their names."""


class Key(Table):
    """What is kept of a key: nothing that would open anything."""

    id: str = Field(pattern=f"^[0-9a-f]{{{2 * _ID_BYTES}}}$")
    name: KeyName
    """The caller. Several keys may have the same, so that one can take another's place."""
    roles: tuple[RoleName, ...]
    tools: tuple[str, ...] | None
    """The only tools that it is for, by names and globs; those of the roles when None."""
    created: AwareDatetime
    expires: AwareDatetime | None
    sha256: str = Field(pattern="^[0-9a-f]{64}$")

    @property
    def caller(self) -> Caller:
        """Whoever has the key."""
        return Caller(self.name, frozenset(self.roles), self.tools)

    def is_of(self, text: str) -> bool:
        """Whether `text` is this key. How long that takes says nothing about it."""
        return hmac.compare_digest(_digest(text), self.sha256)

    def has_expired(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.expires is not None and self.expires <= now


def new_key(
    name: str, roles: Sequence[str], tools: Sequence[str] | None, expires: datetime | None
) -> tuple[Key, str]:
    """A key and its text, which nobody can guess: 256 bits of it are random."""
    key_id = secrets.token_hex(_ID_BYTES)
    text = f"{PREFIX}{key_id}_{secrets.token_hex(_SECRET_BYTES)}"
    key = Key(
        id=key_id,
        name=name,
        roles=tuple(roles),
        tools=None if tools is None else tuple(tools),
        created=datetime.now(UTC).replace(microsecond=0),
        expires=expires,
        sha256=_digest(text),
    )
    return key, text


def id_in(text: str) -> str | None:
    """The id of the key that `text` claims to be; None when it is no text of a key."""
    found = _TEXT.fullmatch(text)
    return None if found is None else found[1]


def _digest(text: str) -> str:
    # The text is random: there is nothing to guess that a slow hash would make dearer.
    return hashlib.sha256(text.encode()).hexdigest()
