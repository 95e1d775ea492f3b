"""What must not be written down is covered: what was declared, and what looks like a secret.

The only place that knows what secrets look like. Every pattern takes time in proportion to the
text, and is tried only where its own beginning is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from handrail.process.mask import cover

COVERED = "***"
_NAME = (
    r"(?:pass(?:word|wd|phrase|code)|secret|token|credential"
    r"|(?:api|access|private|secret|account|signing|encryption)[_-]?key)"
)
"""What people call a secret; what may follow, as in `token_id`, makes it another thing."""
_WORD = r"[A-Za-z0-9_-]"
_VALUE = r'(?:"(?:[^"\\]|\\.)*+"?|\'[^\']*+\'?|[^\s"\'&;,|)\]}]++)'
# A reference to a secret, a number or a place to fill in tells nothing.
_INNOCENT = r"(?!\$|<|\{|\*\*\*|(?:\d{1,6}|true|false|none|null|yes|no)(?![^\s\"'&;,|)\]}]))"
_OPTION = re.compile(rf"--?(?:{_WORD}{{0,40}}[_-])?{_NAME}s?", re.I)
_VALUABLE = re.compile(_INNOCENT, re.I)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A form of secret. `marks` are texts, in small letters, one of which it must contain."""

    marks: tuple[str, ...]
    form: re.Pattern[str]
    shown: str = COVERED


def _form(*marks: str, form: str, shown: str = COVERED) -> Pattern:
    return Pattern(marks, re.compile(form), shown)


_PATTERNS = (
    _form(
        "private key",  # RFC 7468, and OpenSSH's and PGP's likes; of a cut one, all that is there
        form=r"(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)"
        r"(?:(?!-----END)[\s\S])*+(?:-----END [A-Z0-9 ]{0,40}-----)?",
        shown=rf"\1{COVERED}",
    ),
    _form(
        "://",  # RFC 3986, 3.2.1: user:password@host
        form=r"(://[^\s/?#@:\"'<>]{0,256}:)[^\s/?#@\"'<>]{1,1024}+(?=@)",
        shown=rf"\1{COVERED}",
    ),
    _form(
        *("bearer ", "basic "),  # RFC 6750; RFC 7617
        form=r"(?i:(\bbearer[ ]{1,3})(?=[A-Za-z._~+/=-]*+[0-9])[A-Za-z0-9._~+/=-]{8,}+"
        r"|(authorization[\"']?[:=][ ]?[\"']?(?:basic|bearer)[ ]{1,3})[A-Za-z0-9._~+/=-]++)",
        shown=rf"\1\2{COVERED}",
    ),
    _form(
        "eyj",
        form=r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}+\.[A-Za-z0-9_-]{8,}+(?:\.[A-Za-z0-9_-]*+){1,3}",
    ),
    _form("hr_", form=r"(?<![A-Za-z0-9])hr_[0-9a-f]{12}_[0-9a-f]++"),
    _form(
        "akia", "asia", form=r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])"
    ),  # of AWS
    _form("aiza", form=r"(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}"),  # of Google
    _form(
        *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        form=r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{30,}+|github_pat_[A-Za-z0-9_]{30,}+)",
    ),
    _form("gl", form=r"(?<![A-Za-z0-9])gl(?:pat|dt|rt|ptt|soat|cbt|agent|ft|imt)-[\w.-]{16,}+"),
    _form("xox", "xapp-", form=r"(?<![A-Za-z0-9])(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,}+"),
    _form("hooks.slack.com", form=r"(hooks\.slack\.com/)[\w/]{20,}+", shown=rf"\1{COVERED}"),
    _form(
        *("sk-", "sk_", "rk_", "pk_", "whsec_"),  # of OpenAI and Anthropic; of Stripe
        form=r"(?<![A-Za-z0-9])(?:sk-[\w-]{20,}+"
        r"|(?:[sr]k|pk)_(?:live|test)_[A-Za-z0-9]{10,}+|whsec_[A-Za-z0-9+/=]{16,}+)",
    ),
    _form("npm_", form=r"(?<![A-Za-z0-9])npm_[A-Za-z0-9]{30,}+"),
    _form("pypi-", form=r"(?<![A-Za-z0-9])pypi-[\w-]{50,}+"),
    _form("hf_", form=r"(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,}+"),  # of Hugging Face
    _form("dop_v1_", form=r"(?<![A-Za-z0-9])dop_v1_[0-9a-f]{64}"),  # of DigitalOcean
    _form(
        *("pass", "secret", "token", "credential", "key"),
        form=rf"(?i:({_NAME}s?[\"']?\s{{0,3}}(?:=>|:=|=|:)\s{{0,3}}){_INNOCENT}{_VALUE})",
        shown=rf"\1{COVERED}",
    ),
    _form(
        *("pass", "secret", "token", "credential", "key"),
        form=rf"(?i:(?<!\S)(--?(?:{_WORD}{{0,40}}[_-])?{_NAME}s?[ ]+){_INNOCENT}(?!-){_VALUE})",
        shown=rf"\1{COVERED}",
    ),
)

_BY_MARK = [(mark, pattern) for pattern in _PATTERNS for mark in pattern.marks]


def redact(text: str, hidden: Iterable[str] = ()) -> str:
    """`text` with every value of `hidden`, and all that looks like a secret, covered."""
    return _covered(cover(text, hidden), _patterns_for(text))


def redact_words(words: Sequence[str], hidden: Iterable[str] = ()) -> list[str]:
    """The same for each word of a command: also for the one after `--password`."""
    hidden = tuple(hidden)
    patterns = _patterns_for(" ".join(words))
    shown = [_covered(cover(word, hidden), patterns) for word in words]
    for at, (before, word) in enumerate(pairwise(words) if patterns else (), 1):
        if not word.startswith("-") and _OPTION.fullmatch(before) and _VALUABLE.match(word):
            shown[at] = COVERED
    return shown


def _patterns_for(text: str) -> Iterable[Pattern]:
    """Those that may be found in `text`: for most, none."""
    small = text.lower()
    return {pattern: None for mark, pattern in _BY_MARK if mark in small}


def _covered(text: str, patterns: Iterable[Pattern]) -> str:
    for pattern in patterns:
        text = pattern.form.sub(pattern.shown, text)
    return text
