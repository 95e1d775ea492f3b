"""What tests of the importers share: files to import, and a server file made of drafts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from handrail.diagnostic import Severity
from handrail.lint.lint import lint
from handrail.lint.security import security
from handrail.profiles.grammar import Grammar
from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.help_draft import drafted
from handrail.scaffold.imports.help_page import read_page
from handrail.scaffold.imports.help_roles import Known
from handrail.scaffold.imports.vetting import vetted
from handrail.spec.load import read


def server_file(folder: Path, drafts: Sequence[Draft], **tables: Any) -> Path:
    """A server file with these drafts as its tools."""
    programs: dict[str, Any] = {}
    for draft in drafts:
        programs |= {name: dict(one) for name, one in draft.programs.items()}
    tools = [dict(draft.tool) for draft in drafts]
    file = folder / "handrail.json"
    file.write_text(
        json.dumps({"config_version": 1, "programs": programs, "tool": tools, **tables})
    )
    return file


def errors(folder: Path, drafts: Sequence[Draft]) -> list[str]:
    """What check calls an error in a server file with these drafts."""
    reading = read(server_file(folder, drafts), {})
    found = reading.judge(lint, lambda spec: security(spec, folder))
    return [str(one) for one in found if one.severity is Severity.ERROR]


def of_page(text: str, command: str = "prog", grammar: Grammar | None = None) -> Draft:
    """The draft of a program with this help page."""
    draft = drafted(command.split(), read_page(text), Known(grammar))
    (found,), dropped = vetted([Draft(draft.tool, {command.split()[0]: {}}, notes=draft.notes)])
    assert dropped == []
    return found


def params(draft: Draft) -> dict[str, Any]:
    """The params of a draft, without what is said of them."""
    return {
        name: {key: value for key, value in one.items() if key != "description"}
        for name, one in draft.tool["params"].items()
    }
