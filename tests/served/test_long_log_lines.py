"""No caller makes a log line as long as they like."""

from __future__ import annotations

import pytest

from tests.served.raw import Mode, converse, opening, request, tool_call
from tests.served.site import Site

LONG = "ab" * 60_000
LONGER = "x" * 1_000_000
MOST_BYTES = 16_384
TOOL = """
[[tool]]
name = "end_long"
description = "Take a word of any length."
program = "sh"
args = ["-c", ":", "sh", "{word}"]
[tool.params]
word = { max_length = 130000, required = true }
"""


@pytest.mark.parametrize("mode", ["auto", pytest.param("legacy", marks=pytest.mark.nightly)])
def test_a_line_is_bounded_whatever_is_called(site: Site, mode: Mode) -> None:
    site.file.write_text(site.file.read_text() + TOOL)
    calls = [
        tool_call(1, "end_long", mode, word=LONG),
        tool_call(2, LONGER, mode),
        tool_call(3, "strict", mode, **{LONGER: "1"}),
        tool_call(4, "strict", mode, items=["aaaa"] * 100_000),
        request(5, LONGER, mode),
        request(6, "tools/call", mode, name=LONGER, arguments=LONGER),
    ]
    said, code = converse(site, [*opening(mode), *calls])

    assert code == 0
    assert sorted(message["id"] for message in said) == list(range(7))
    assert max(map(len, site.log.read_text().splitlines())) < MOST_BYTES
    (line,) = [one for one in site.records() if one.get("tool") == "end_long"]
    assert "120,000 bytes in all, SHA-256 " in line["argv"][-1]
