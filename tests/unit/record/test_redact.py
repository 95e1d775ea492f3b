"""Secrets are covered wherever they are written down; what looks alike stays."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.record.redact import redact, redact_words

_HEX = "0123456789abcdef"
_LONG = "Ab3dEf6hIj9lMn2pQr5tUv8xYz1bCd4fGh7j"
SECRETS = {
    "a JWT": f"eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.{_LONG}",
    "one without a signature": "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    "ours": f"hr_0123456789ab_{_HEX * 4}",
    "AWS": "AKIAIOSFODNN7EXAMPLE",
    "Google": "AIzaSyA-1234567890abcdefghijklmnopqrstu",
    "GitHub": f"ghp_{_LONG}",
    "GitHub, fine-grained": f"github_pat_11ABCDEFG_{_LONG}",
    "GitLab": "glpat-Ab3dEf6hIj9lMn2pQr5t",
    "Slack": "xoxb-123456789012-abcdefghijkl",
    "OpenAI": f"sk-proj-{_LONG}",
    "Anthropic": f"sk-ant-api03-{_LONG}",
    "Stripe": "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc",
    "npm": f"npm_{_LONG}",
    "PyPI": f"pypi-{_LONG * 2}",
}
"""Texts in the form of secrets; none was ever good for anything."""
INNOCENT = [
    "git show 814c8d9f00aa814c8d9f00aa814c8d9f00aa8140",
    "sha256:" + _HEX * 4,
    "--max-tokens 4096 max_tokens=4096 tokenizer=fast",
    "src/token.py:12: def password_of(user): secret token handling",
    "git@github.com:owner/name.git ssh://git@github.com:22/name http://localhost:8080/a@b",
    "password=$PASSWORD --token ${TOKEN} {token}",
    "sk-learn task-based hr_report_of_last_december npm_config_cache xoxo",
    "bearer of bad news, basic usage-of-things",
    "7c9e6679-7425-40de-944b-e07fc1f90ae7 s3://bucket/key.json",
    "--pass-through file --key-file a.pem",
]


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("around", ["{}", "x={}", "-H {} rest", '"{}"', "({})", "a\n{}\nb"])
def test_what_looks_like_a_secret_is_covered(secret: str, around: str) -> None:
    shown = redact(around.format(secret))

    assert secret[8:] not in shown
    assert shown == around.format("***")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("password=hunter2 next", "password=*** next"),
        ("DB_PASSWORD='two words' x", "DB_PASSWORD=*** x"),
        ('{"api_key": "a \\" b", "n": 1}', '{"api_key": ***, "n": 1}'),
        ("secret: hunter2", "secret: ***"),
        ('token="never closed', "token=***"),
        ("?user=a&access_token=abc&b=c", "?user=a&access_token=***&b=c"),
        ("curl --password hunter2 url", "curl --password *** url"),
        ("postgres://me:hunter2@host/db", "postgres://me:***@host/db"),
        ("https://:hunter2@host", "https://:***@host"),
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer ***"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic ***"),
        ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG", "aws_secret_access_key = ***"),
    ],
)
def test_the_value_of_what_is_called_a_secret_is_covered(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize("kind", ["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY"])
def test_a_private_key_is_covered_also_when_its_end_is_missing(kind: str) -> None:
    begin, end = f"-----BEGIN {kind}-----", f"-----END {kind}-----"

    assert redact(f"a\n{begin}\nMIIB\nAAAA\n{end}\nb") == f"a\n{begin}***\nb"
    assert redact(f"a\n{begin}\nMIIB\nAAAA") == f"a\n{begin}***"


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_text_stays(text: str) -> None:
    assert redact(text) == text
    assert redact_words(text.split()) == text.split()


def test_declared_values_are_covered_whatever_they_look_like() -> None:
    assert redact("say plain and x", ["plain", "x", ""]) == "say *** and ***"


def test_the_word_after_an_option_for_a_secret_is_covered() -> None:
    words = ["mysql", "--password", "hunter2", "--api-key", "-v", "--token", "$TOKEN", "db"]

    assert redact_words(words) == [*words[:2], "***", *words[3:]]


_PARTS = st.sampled_from(
    [
        *(
            "password",
            "=",
            ":",
            '"',
            "'",
            "\\",
            " ",
            "-",
            "--",
            "_",
            "://",
            "@",
            ".",
            "a",
            "0",
            "/",
        ),
        *("token", "eyJ", "-----BEGIN ", "PRIVATE KEY-----", "bearer ", "sk-", "ghp_", "AKIA"),
        *("hr_", "xoxb-", "npm_", "authorization: ", "secret", "api_key", "gl", "\n", "\u2028"),
    ]
)


@given(st.lists(_PARTS, min_size=1, max_size=8))
def test_it_takes_time_in_proportion_to_the_text(parts: list[str]) -> None:
    unit = "".join(parts)
    began = time.process_time()
    redact(unit * (40_000 // len(unit)))

    # A pattern that went back over the text would take minutes of this; it takes milliseconds.
    assert time.process_time() - began < 2


@given(st.text())
def test_what_is_covered_stays_as_it_is(text: str) -> None:
    assert redact(redact(text)) == redact(text)
