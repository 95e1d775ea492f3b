"""At most twelve questions, each with a default, none that can have no meaning."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from handrail.scaffold.answers import Answers, from_data
from handrail.scaffold.interview import Back, Prompt, hold, missing
from handrail.scaffold.question import Kind
from handrail.scaffold.questions import PARTS, QUESTIONS, facts
from handrail.scaffold.settled import Settled
from handrail.scaffold.summary import rows
from handrail.scaffold.surroundings import Surroundings, look

FOLDER = Path("/srv/tools")
AROUND = Surroundings(FOLDER, repository=FOLDER, programs=frozenset({"git"}))
ORDER = (
    *("server.name", "use", "changes", "state", "runs", "workspace.root", "environment"),
    *("confinement.require", "hosts", "credentials", "limits", "logging"),
)
BACK = object()


class Person:
    """Answers by key; whatever is not in `answers` by Enter."""

    def __init__(self, answers: dict[str, Sequence[Any]]) -> None:
        self.answers = {key: list(values) for key, values in answers.items()}
        self.asked: list[str] = []
        self.told: list[str] = []

    def ask(self, prompt: Prompt) -> Any:
        self.asked.append(prompt.part.key)
        values = self.answers.get(prompt.part.key)
        value = values.pop(0) if values else prompt.default
        if value is BACK:
            raise Back
        return value

    def object(self, message: str, hint: str | None) -> None:
        self.told.append(message)


def heard(person: Person, answers: Answers | None = None) -> Answers:
    return hold(answers or Answers(), AROUND, person, lambda said: said)


def test_there_are_twelve_in_their_order() -> None:
    told = facts(AROUND)

    assert tuple(one["key"] for one in told) == ORDER
    assert len(QUESTIONS) == 12
    assert json.loads(json.dumps(told)) == told


def test_every_question_is_whole() -> None:
    for one in (part for first in facts(AROUND) for part in (first, *first.get("also", ()))):
        assert {"key", "question", "help", "kind", "default", "applies", "writes"} <= one.keys()
        assert ("options" in one) == (one["kind"] in ("choice", "many"))
        if one["kind"] == "choice" and one["applies"]:
            assert one["default"] in [option["value"] for option in one["options"]]


def test_the_defaults_are_answers_that_are_taken() -> None:
    data = Answers()
    for _, part in PARTS:
        default = part.default(Settled(Answers(), AROUND))
        if part.applies(Settled(Answers(), AROUND)):
            data = data.saying(part.key, default)

    assert from_data(data.data).data == data.data


def test_enter_all_the_way_says_nothing_beyond_the_defaults() -> None:
    person = Person({})

    assert heard(person).data == {}
    assert person.asked == [*missing(Answers(), AROUND)]


@pytest.mark.parametrize(
    ("answers", "asked", "skipped"),
    [
        ({}, "deny", "auth"),
        ({"runs": ["http"]}, "auth", "hosts"),
        ({"runs": ["http"]}, "telemetry.otlp", "environment"),
        ({"state": ["redis"]}, "access.store", "credentials"),
        ({"use": [["files"]]}, "limits", "deny"),
        (
            {
                "runs": ["http"],
                "auth": ["jwt"],
                "auth.jwt.issuer": ["i"],
                "auth.jwt.jwks": ["https://i/k"],
                "auth.jwt.audience": ["a"],
            },
            "auth.jwt.audience",
            "hosts",
        ),
    ],
)
def test_what_cannot_apply_is_not_asked(
    answers: dict[str, Sequence[Any]], asked: str, skipped: str
) -> None:
    person = Person(answers)

    heard(person)

    assert asked in person.asked
    assert skipped not in person.asked


def test_what_was_said_is_not_asked() -> None:
    person = Person({})

    said = heard(person, from_data({"runs": "http", "limits": {"timeout": "5s"}}))

    assert not {"runs", "limits"} & set(person.asked)
    assert said.data == {"runs": "http", "limits": {"timeout": "5s"}}


def test_packs_are_lifted_by_what_may_change() -> None:
    person = Person({"use": [["git", "search"]], "changes": ["anything"]})

    assert heard(person).said("use") == ["git", "search"]


def test_packs_stay_down_when_nothing_may_change() -> None:
    assert heard(Person({"use": [["git"]]})).said("use") == ["git:read"]


def test_back_leads_to_the_question_before_and_keeps_what_was_typed() -> None:
    person = Person(
        {"server.name": ["one", "two"], "runs": ["http"], "server.instructions": [BACK]}
    )

    said = heard(person)

    assert person.asked[:4] == ["server.name", "server.instructions"] * 2
    assert said.data == {"server": {"name": "two"}, "runs": "http"}


def test_back_over_questions_that_were_skipped() -> None:
    person = Person({"limits": [BACK], "confinement.require": ["rlimits"]})

    said = heard(person)

    at = person.asked.index("limits")
    assert person.asked[at - 1 : at + 3] == ["deny", "limits", "deny", "limits"]
    assert said.said("confinement.require") == "rlimits"


def test_back_at_the_first_question_asks_it_again() -> None:
    person = Person({"server.name": [BACK, "x"]})

    assert heard(person).said("server.name") == "x"


def test_back_at_the_end_leads_to_the_last_question() -> None:
    ends = iter([Back(), None])

    def confirm(said: Answers) -> Answers:
        if (wish := next(ends)) is not None:
            raise wish
        return said

    person = Person({"logging": ["text", "json"]})

    said = hold(Answers(), AROUND, person, confirm)

    assert person.asked[-2:] == ["logging", "logging"]
    assert said.data == {"logging": "json"}


def test_an_answer_that_cannot_be_is_asked_for_again() -> None:
    person = Person({"server.name": ["", "x"], "workspace.root": ["\0", "src"]})

    said = heard(person)

    assert said.data == {"server": {"name": "x"}, "workspace": {"root": "src"}}
    assert person.told == [
        "server.name: must not be empty",
        "workspace.root: not a path: it is empty, or holds a NUL character",
    ]


def test_words_fit_narrow_screens() -> None:
    for _, part in PARTS:
        assert all(len(one.words) <= 32 for one in part.options)
        assert len(part.help) <= 79
        assert len(part.ask) <= 44
    for data in ({}, {"runs": "http", "state": "disk", "deny": ["git push"]}):
        assert len(rows(Settled(from_data(data), AROUND))) <= 14


def test_limits_are_one_question() -> None:
    (limits,) = [part for _, part in PARTS if part.kind is Kind.LIMITS]

    assert limits.default(Settled(Answers(), look(FOLDER))).keys() == {
        *("timeout", "memory", "output", "concurrency")
    }
