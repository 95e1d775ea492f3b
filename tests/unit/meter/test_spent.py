"""What may be used once is used once, in bounded memory."""

from __future__ import annotations

import pytest

from handrail.errors import Busy
from handrail.meter.spent import Spent


def test_a_name_is_good_once() -> None:
    spent = Spent()

    assert spent.spend("a", now=0, until=10)
    assert not spent.spend("a", now=5, until=10)
    assert spent.spend("b", now=5, until=10)


def test_without_room_nothing_is_forgotten_and_nothing_new_is_good() -> None:
    spent = Spent(most=2)
    spent.spend("a", now=0, until=10)
    spent.spend("b", now=0, until=20)

    with pytest.raises(Busy) as full:
        spent.spend("c", now=4, until=20)
    assert full.value.retry_after_seconds == 6
    assert not spent.spend("a", now=4, until=10)


def test_what_could_not_be_used_any_more_makes_room() -> None:
    spent = Spent(most=1)

    assert spent.spend("a", now=0, until=10)
    assert spent.spend("b", now=10, until=20)
