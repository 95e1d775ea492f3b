"""Hidden values are covered, wherever the chunks of a stream break."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handrail.process.mask import Mask, cover


def masked(hidden: list[str], *chunks: bytes) -> bytes:
    mask = Mask(hidden)
    return b"".join([*(mask.feed(chunk) for chunk in chunks), mask.finish()])


def test_a_value_is_covered_at_its_length() -> None:
    assert masked(["hunter2"], b"a hunter2 b hunter2") == b"a ******* b *******"


def test_a_value_is_covered_one_byte_at_a_time() -> None:
    text = b"xhunter2hunter2 hunter hunter2"
    pieces = [text[at : at + 1] for at in range(len(text))]
    assert masked(["hunter2"], *pieces) == b"x************** hunter *******"


def test_the_longer_of_two_values_is_covered_whole_when_it_comes_late() -> None:
    both = ["password", "password-and-more"]
    assert masked(both, b"password", b"-and-more.") == b"*" * 17 + b"."
    assert masked(both, b"password", b"-and.") == b"*" * 8 + b"-and."


def test_values_with_special_characters_are_only_text() -> None:
    assert masked([".*[a-z]+", "*******"], b"abcdefgh .*[a-z]+ *******") == (
        b"abcdefgh ******** *******"
    )


def test_text_beside_a_value_is_left_alone() -> None:
    assert masked(["hunter2"], b"", b"hunt", b"", b"er", b"3") == b"hunter3"


def test_short_values_are_left_alone_in_streams() -> None:
    assert masked(["a", "true", "", "12345"], b"a true 12345") == b"a true 12345"


def test_nothing_is_held_back_when_nothing_is_hidden() -> None:
    assert Mask([]).feed(b"now") == b"now"


@given(
    st.lists(st.sampled_from(["secret", "secretary", "retsec", "sasasa"]), max_size=3),
    st.lists(st.text("secrtay.", max_size=12), max_size=8),
)
def test_chunks_make_no_difference(hidden: list[str], pieces: list[str]) -> None:
    chunks = [piece.encode() for piece in pieces]
    whole = masked(hidden, b"".join(chunks))
    assert masked(hidden, *chunks) == whole
    assert len(whole) == len(b"".join(chunks))
    for value in hidden:
        assert value.encode() not in whole


def test_cover_is_for_messages_and_covers_short_values_too() -> None:
    assert cover("pin 1234, key abcd1234", ["1234", "abcd1234", ""]) == "pin ***, key ***"
