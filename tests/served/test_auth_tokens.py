"""Tokens of issuers: every one that is not good is refused, whatever is wrong with it."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport
from joserfc.jwk import ECKey, RSAKey

from tests.served.answers import refusal, structure
from tests.served.issuing import MODES, Issuer, issuing, part, sign, status
from tests.served.raw import Mode
from tests.served.serving import call, http_process
from tests.served.site import TOKEN, Site
from tests.served.watching import Record

SERVER_FILE = Path(__file__).with_name("auth.toml").read_text()


@dataclass(frozen=True)
class Place:
    """A server that is shared, and the issuer that it trusts."""

    site: Site
    url: str
    issuer: Issuer

    def statuses(self, tokens: dict[str, str], mode: Mode) -> dict[str, int]:
        """What comes of each token."""
        return {name: status(self.url, token, mode) for name, token in tokens.items()}

    def refused(self) -> list[Record]:
        """What the log says of refused tokens."""
        return [line for line in self.site.records() if line["event"] == "refused"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The server, and its issuer."""
    with issuing() as issuer:
        text = SERVER_FILE.replace("https://issuer.invalid", issuer.url)
        site = Site.build(tmp_path_factory.mktemp("site"), text)
        with http_process(site) as (_, url):
            yield Place(site, url, issuer)


@pytest.mark.parametrize("mode", MODES)
async def test_claims_say_who_calls_and_what_they_may(place: Place, mode: Mode) -> None:
    token = place.issuer.token(realm={"roles": "other reader"}, aud=["x", "devtools"])
    transport = StreamableHttpTransport(place.url, auth=token)
    async with Client(transport, mode=mode) as client:
        said, denied = await call(client, "say"), await call(client, "write")

    callers = {line["caller"] for line in place.site.records() if line["event"] == "call"}
    assert callers == {"jwt:alice"}
    assert structure(said)["ok"]
    assert refusal(denied)["code"] == "denied"


def _confused(kid: str, claims: dict[str, Any], key: RSAKey) -> str:
    """The issuer's public key, taken for a shared secret."""
    signed = f"{part({'alg': 'HS256', 'kid': kid})}.{part(claims)}"
    mac = hmac.digest(key.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def _forged(issuer: Issuer) -> dict[str, str]:
    """Tokens that the issuer has not signed."""
    good, claims = issuer.token(), issuer.claims()
    kid, key = list(issuer.keys.items())[-1]
    head, payload, signature = good.split(".")
    mallory = RSAKey.generate_key(2048)
    none = part({"alg": "none", "typ": "JWT"})
    embedded = {"alg": "RS256", "kid": kid, "jwk": mallory.as_dict(private=False)}
    return {
        "alg none": f"{none}.{payload}.",
        "alg none, with the signature": f"{none}.{payload}.{signature}",
        "alg None": f"{part({'alg': 'None', 'kid': kid})}.{payload}.",
        "no alg": f"{part({'kid': kid})}.{payload}.{signature}",
        "HS256 by the public key": _confused(kid, claims, key),
        "RS512 by the right key": sign({"alg": "RS512", "kid": kid}, claims, key),
        "PS256 by the right key": sign({"alg": "PS256", "kid": kid}, claims, key),
        "ES256": sign({"alg": "ES256", "kid": kid}, claims, ECKey.generate_key("P-256")),
        "another key": sign({"alg": "RS256", "kid": kid}, claims, mallory),
        "another key, embedded": sign(embedded, claims, mallory),
        "a key that is not published": sign({"alg": "RS256", "kid": "x"}, claims, mallory),
        "a key id that is no text": f"{part({'alg': 'RS256', 'kid': [kid]})}.{payload}.{signature}",
        "another payload": f"{head}.{part({**claims, 'sub': 'root'})}.{signature}",
        "another header": f"{part({'alg': 'RS256', 'kid': kid, 'x': 1})}.{payload}.{signature}",
        "no signature": f"{head}.{payload}.",
        "half a signature": good[:-100],
        "critical and unknown": sign(
            {"alg": "RS256", "kid": kid, "crit": ["wow"], "wow": 1}, claims, key
        ),
    }


def _unacceptable(issuer: Issuer) -> dict[str, str]:
    """Tokens that the issuer has signed, and not for us, not now, or for nobody."""
    now = int(time.time())
    changes: dict[str, dict[str, Any]] = {
        "expired": {"exp": now - 31},
        "expired long ago": {"exp": 1},
        "never expires": {"exp": None},
        "expires some time": {"exp": "tomorrow"},
        "expires, not a number": {"exp": float("nan")},
        "expires at infinity": {"exp": float("inf")},
        "not yet valid": {"nbf": now + 60},
        "issued in the future": {"iat": now + 60},
        "another audience": {"aud": "payroll"},
        "other audiences": {"aud": ["payroll", "devtools2"]},
        "no audience": {"aud": None},
        "an empty audience": {"aud": []},
        "an audience that is no text": {"aud": {"devtools": True}},
        "another issuer": {"iss": f"{issuer.url}.evil.example"},
        "no issuer": {"iss": None},
        "issuers": {"iss": [issuer.url]},
        "nobody": {"sub": None},
        "an empty name": {"sub": ""},
        "a name that is no text": {"sub": 7},
        "a name of lines": {"sub": 'bob\n{"event": "call"}'},
        "a name too long": {"sub": "b" * 257},
    }
    return {name: issuer.token(**changed) for name, changed in changes.items()}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", [_forged, _unacceptable])
def test_what_is_not_good_is_refused(
    place: Place, mode: Mode, kind: Callable[[Issuer], dict[str, str]]
) -> None:
    tokens = kind(place.issuer)

    assert place.statuses(tokens, mode) == dict.fromkeys(tokens, 401)
    # And again, now that they are known.
    assert set(place.statuses(tokens, mode).values()) == {401}
    assert status(place.url, place.issuer.token(), mode) == 200


def test_the_owner_is_told_why_what_the_issuer_signed_was_refused(place: Place) -> None:
    before = len(place.refused())
    assert status(place.url, place.issuer.token(aud="payroll")) == 401
    (line,) = place.refused()[before:]

    assert (line["by"], "aud" in line["why"]) == ("jwt", True)


@pytest.mark.parametrize("mode", MODES)
def test_a_clock_that_differs_by_less_than_the_leeway_is_borne(place: Place, mode: Mode) -> None:
    now = int(time.time())
    tokens = {
        "the issuer's is behind": place.issuer.token(exp=now - 10, nbf=now - 70, iat=now - 70),
        "the issuer's is ahead": place.issuer.token(nbf=now + 20, iat=now + 20),
        "issued and valid without a word": place.issuer.token(nbf=None, iat=None),
    }

    assert place.statuses(tokens, mode) == dict.fromkeys(tokens, 200)


def test_the_issuer_may_change_its_keys_at_any_time(place: Place) -> None:
    old = place.issuer.token()
    assert status(place.url, old) == 200
    place.issuer.keys["second"] = RSAKey.generate_key(2048, {"kid": "second"})
    new = place.issuer.token()
    deadline = time.monotonic() + 20
    while status(place.url, new) != 200:
        assert time.monotonic() < deadline, "the new key was never fetched"
        time.sleep(0.2)
    assert status(place.url, old) == 200


def test_the_issuer_is_not_asked_for_every_key_that_somebody_invents(place: Place) -> None:
    mallory, claims = RSAKey.generate_key(2048), place.issuer.claims()
    began, asked = time.monotonic(), place.issuer.asked_for_keys
    for number in range(50):
        token = sign({"alg": "RS256", "kid": f"{number}"}, claims, mallory)
        assert status(place.url, token) == 401

    most = 1 + (time.monotonic() - began) // 5
    assert place.issuer.asked_for_keys - asked <= most


@pytest.mark.parametrize("mode", MODES)
def test_opaque_tokens_are_asked_about_each_time(place: Place, mode: Mode) -> None:
    good = {"active": True, "sub": "carol", "aud": "devtools", "roles": ["reader"]}
    place.issuer.opaque = {
        "good": good,
        "inactive": {**good, "active": False},
        "active in words": {**good, "active": "false"},
        "another audience": {**good, "aud": "payroll"},
        "expired": {**good, "exp": 1},
        "nobody": {**good, "sub": None},
        "nonsense": {**good, "exp": "x", "aud": 7},
    }
    tokens = {name: name.replace(" ", "-") for name in place.issuer.opaque}
    place.issuer.opaque = {tokens[name]: said for name, said in place.issuer.opaque.items()}

    assert place.statuses(tokens, mode) == {**dict.fromkeys(tokens, 401), "good": 200}
    del place.issuer.opaque["good"]
    assert status(place.url, "good", mode) == 401


def test_our_own_keys_are_shown_to_no_issuer(place: Place) -> None:
    place.issuer.asked_about.clear()
    assert status(place.url, f"hr_{'0' * 12}_{'0' * 64}") == 401
    assert status(place.url, "hr_") == 401
    assert status(place.url, "opaque") == 401

    assert place.issuer.asked_about == ["opaque"]


def test_an_issuer_that_is_away_is_said_once_and_refuses_its_own(place: Place) -> None:
    place.issuer.is_away = True
    assert {status(place.url, "opaque") for _ in range(3)} == {401}
    # The keys of the other kind are known.
    assert status(place.url, place.issuer.token()) == 200
    place.issuer.is_away = False
    assert status(place.url, "opaque") == 401
    said = [line["event"] for line in place.site.records() if "an issuer" in line["event"]]

    assert said == [
        "an issuer does not answer, and its tokens are refused",
        "an issuer answers again",
    ]


def test_no_token_and_no_secret_is_in_the_log(place: Place) -> None:
    log = place.site.log.read_text()

    assert TOKEN not in log
    assert place.issuer.token().partition(".")[0] not in log
    assert all(json.loads(line) for line in log.splitlines())
