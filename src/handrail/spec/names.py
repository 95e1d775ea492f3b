"""What things in the server file may be called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from handrail.spec.model import refusal
from handrail.spec.template import NAME


@dataclass(frozen=True, slots=True)
class Named:
    """Text that must match `pattern`; `rule` says so in words."""

    pattern: str
    rule: str

    def check(self, text: str) -> str:
        """Return `text`, or refuse it in the words of the rule."""
        if not re.fullmatch(self.pattern, text):
            raise refusal("E505", self.rule)
        return text

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^{self.pattern}$"}


ToolName = Annotated[
    str,
    Named(
        "[A-Za-z][A-Za-z0-9_-]{0,63}",
        "not a tool name: a letter, then letters, digits, `_` and `-`, at most 64 in all",
    ),
]
ParamName = Annotated[
    str,
    Named(
        f"{NAME[:-1]}{{0,63}}",
        "not a param name: letters, digits and `_`, no digit first, at most 64 in all",
    ),
]
EnvName = Annotated[
    str,
    Named(
        "[A-Za-z_][A-Za-z0-9_]{0,127}",
        "not the name of an environment variable: letters, digits and `_`, no digit first",
    ),
]
ProgramName = Annotated[
    str,
    Named(
        "[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}",
        "not a program name: letters, digits and `.`, `_`, `+`, `-`; its place goes into `path`",
    ),
]
PackageName = Annotated[
    str,
    Named(
        "[a-z0-9][a-z0-9+.-]{1,127}",
        "not the name of a Debian package: small letters, digits, `+`, `.` and `-`",
    ),
]
Version = Annotated[
    str,
    Named(r"[0-9]{1,9}(\.[0-9]{1,9}){0,9}", 'not a version: write numbers and dots, like "2.30"'),
]
ParseName = Annotated[
    str,
    Named(
        "(text|lines|json|jsonl|csv|jc:[a-z0-9_-]{1,64}"
        "|git:(blame|branches|diff|grep|log|show|status|tags))",
        "not a way to parse: text, lines, json, jsonl, csv, jc:PARSER, or git: with one of blame, "
        "branches, diff, grep, log, show, status, tags",
    ),
]
PathName = Annotated[
    str,
    Named(r"[^\x00]+", "not a path: it is empty, or holds a NUL character"),
]
