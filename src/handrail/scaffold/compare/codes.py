"""The codes of changes. They are published and stable; docs/diff.md has the same table."""

from __future__ import annotations

from collections.abc import Mapping

BREAKING: Mapping[str, str] = {
    "B001": "A tool is gone.",
    "B002": "A param is gone.",
    "B003": "A param must be given that could be left out, or was not there.",
    "B004": "A param takes no more values of a type.",
    "B005": "A param takes fewer choices.",
    "B006": "The bounds of a number are tighter.",
    "B007": "A pattern or format is new or another.",
    "B008": "Texts or lists must be shorter or longer than they had to be.",
    "B009": "A param that is left out now means something else.",
    "B010": "Params that are not declared were taken, and are refused now.",
    "B011": "A param takes no more values of one of its forms.",
    "B012": "Something else about a param is otherwise, and nobody can say what it refuses.",
    "B101": "Results have no schema any more.",
    "B102": "A field of results is gone.",
    "B103": "A field may be of a type that it could not be.",
    "B104": "A field may be absent that was always there.",
    "B105": "A field may have values that it could not have.",
    "B106": "Something else about results is otherwise, and nobody can say what they may be.",
    "B201": "A tool that only read may write.",
    "B202": "A tool may destroy what it could not.",
    "B203": "A second call with the same arguments may do more than the first.",
    "B301": "A person must approve calls who did not have to.",
    "B302": "Callers need a role that they did not need.",
}
"""What may fail for a client that was right before, by code."""

COMPATIBLE: Mapping[str, str] = {
    "C001": "A tool is new.",
    "C002": "A param is new, and may be left out.",
    "C003": "A param may be left out that had to be given.",
    "C004": "A param takes values of more types.",
    "C005": "A param takes more choices.",
    "C006": "The bounds of a number are wider.",
    "C007": "A pattern or format is gone.",
    "C008": "Texts or lists may be shorter or longer than they could be.",
    "C010": "Params that are not declared are taken.",
    "C011": "A param takes values of more forms.",
    "C101": "Results have a schema now.",
    "C102": "A field of results is new.",
    "C103": "A field is of fewer types.",
    "C104": "A field is always there.",
    "C105": "A field has fewer values.",
    "C106": "Results may have fields that are not declared, or may have them no more.",
    "C201": "A tool that wrote only reads.",
    "C202": "A tool destroys nothing any more.",
    "C203": "A second call with the same arguments does no more than the first.",
    "C204": "A tool reaches what is outside of the server, or does so no more.",
    "C301": "No person need approve calls any more.",
    "C302": "Callers do not need a role that they needed.",
    "C401": "The description of a tool is another.",
    "C402": "The description of a param or field is another.",
}
"""What every client can live with, by code."""
