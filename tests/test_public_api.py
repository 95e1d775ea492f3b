"""The names that Python authors may rely on."""

from __future__ import annotations

import handrail


def test_the_public_names_are_these_and_no_others() -> None:
    expected = [
        "Call",
        "CallError",
        "Diagnostic",
        "Ending",
        "HandrailError",
        "Host",
        "Line",
        "Outcome",
        "ServerSpec",
        "SpecError",
        "UsageError",
        "load",
        "open_line",
        "survey",
    ]

    assert expected == sorted(handrail.__all__)
    assert [name for name in expected if not hasattr(handrail, name)] == []
