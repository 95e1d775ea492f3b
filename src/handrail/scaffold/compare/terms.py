"""What changed of what a server file asks of callers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handrail.scaffold.compare.change import Change
from handrail.scaffold.compare.listing import ListedTool, Terms


def terms(old: ListedTool, new: ListedTool) -> Iterator[Change]:
    """Approvals and roles, when both sides are server files."""
    if old.terms is None or new.terms is None:
        return
    if old.terms.approval is not new.terms.approval:
        code, message = (
            ("B301", "a person must approve each call now")
            if new.terms.approval
            else ("C301", "no person need approve calls any more")
        )
        yield Change(code, new.name, ("approval",), message)
    for code, message in (*_required(old.terms, new.terms), *_permitted(old.terms, new.terms)):
        yield Change(code, new.name, ("requires",), message)


def _required(old: Terms, new: Terms) -> Iterator[tuple[str, str]]:
    if added := new.requires - old.requires:
        yield "B302", f"callers must have {_roles(added)}"
    if dropped := old.requires - new.requires:
        yield "C302", f"callers need not have {_roles(dropped)}"


def _permitted(old: Terms, new: Terms) -> Iterator[tuple[str, str]]:
    before, after = old.permitted, new.permitted
    if before is None and after is not None:
        yield "B302", f"every caller could use it, and now only {_roles(after)}"
    elif before is not None and after is None:
        yield "C302", "every caller may use it"
    elif before is not None and after is not None:
        if lost := before - after:
            yield "B302", f"{_roles(lost)} may not use it any more"
        if gained := after - before:
            yield "C302", f"{_roles(gained)} may use it"


def _roles(names: Iterable[str]) -> str:
    listed = [f'"{name}"' for name in sorted(names)]
    return f"role{'' if len(listed) == 1 else 's'} {', '.join(listed)}" if listed else "no role"
